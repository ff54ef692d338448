"""What a member is told of, where, and when (N2). Everyone sets their own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.rights import SellerRequest
from notifications import addresses, recipients
from notifications.asking import AddressRefused
from notifications.forms import AddressForm, KindsForm, TimesForm
from notifications.members import members_only
from notifications.models import Recipient
from notifications.states import RIGHTS, Kind, Way


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SellerRequest) -> HttpResponse:
    """Kinds by places, each with its switch."""
    if request.method != "POST":
        return _page(request)
    chosen = {}
    for recipient in recipients.of_member(request.membership, clock.now()):
        place = addresses.place(recipient)
        form = KindsForm({"kinds": request.POST.getlist(f"on-{place}")})
        if place in request.POST.getlist("place"):
            if not form.is_valid():
                messages.error(request, _("That was not one of the kinds; nothing was changed."))
                return _page(request, status=422)
            chosen[place] = form.cleaned_data["kinds"]
    addresses.choose(request.membership, chosen, clock.now())
    messages.success(request, _("Saved. It counts from the next notice on."))
    return redirect("notifications:settings")


@members_only
@require_POST
def add_address(request: SellerRequest) -> HttpResponse:
    """Ask one more mailbox whether it wants the notices."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, address_form=form, status=422)
    try:
        recipient = addresses.add(request.membership, form.cleaned_data["email"], clock.now())
    except AddressRefused as refusal:
        form.add_error("email", str(refusal))
        return _page(request, address_form=form, status=409)
    if recipient.confirmed_at:
        messages.info(request, _("Notices go to %(email)s already.") % {"email": recipient.email})
    else:
        sentence = _(
            "A mail with a link is on its way to %(email)s. Notices go there once the link was opened."
        )
        messages.success(request, sentence % {"email": recipient.email})
    return redirect("notifications:settings")


@members_only
@require_POST
def remove_address(request: SellerRequest, pk: int) -> HttpResponse:
    """No more to this address."""
    try:
        addresses.remove(request.membership, pk)
    except Recipient.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The address gets no more notices."))
    return redirect("notifications:settings")


@members_only
@require_POST
def times(request: SellerRequest, place: str) -> HttpResponse:
    """When mail may come to one address."""
    form = TimesForm(request.POST, prefix=place)
    if not form.is_valid():
        return _page(request, times_form=form, status=422)
    try:
        addresses.set_times(request.membership, place, now=clock.now(), **_in_words_of_operation(form))
    except Recipient.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Saved. It counts from the next notice on."))
    return redirect("notifications:settings")


def _in_words_of_operation(form: TimesForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("time_zone", "quiet_from", "quiet_until", "digest_at")}


def _page(
    request: SellerRequest,
    *,
    address_form: AddressForm | None = None,
    times_form: TimesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = recipients.of_member(request.membership, clock.now())
    places = [{"place": addresses.place(each), "recipient": each} for each in found]
    context = {
        "places": places,
        "rows": [_row(kind, places) for kind, right in RIGHTS.items() if request.membership.may(right)],
        "mailboxes": [_mailbox(each, times_form) for each in found if each.way == Way.MAIL],
        "address_form": address_form or AddressForm(),
    }
    return render(request, "notifications/settings.html", context, status=status)


def _row(kind: str, places: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": kind,
        "label": Kind(kind).label,
        "cells": [{**each, "is_on": kind in each["recipient"].kinds} for each in places],
    }


def _mailbox(recipient: Recipient, sent: TimesForm | None) -> dict[str, Any]:
    place = addresses.place(recipient)
    names = ("quiet_from", "quiet_until", "digest_at", "time_zone")
    kept = TimesForm(prefix=place, initial={name: getattr(recipient, name) for name in names})
    return {
        "place": place,
        "recipient": recipient,
        "form": sent if sent and sent.prefix == place else kept,
        "is_open": bool(sent and sent.prefix == place),
    }
