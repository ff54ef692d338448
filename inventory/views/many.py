"""What is done with listings that were picked in the list: figures in a grid, closing, reopening."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock, session_values
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from inventory import listings, versions
from inventory.forms.listing import FiguresForm
from inventory.listings import MOST_AT_ONCE, Outcome
from inventory.models import ChangeKind, Listing
from inventory.refusals import BelowReserved, StaleListing
from inventory.versions import Conflict

LIST = "inventory:list"
LARGEST_PK = 2**63 - 1


@dataclass(frozen=True)
class Line:
    """A row of the grid: its form, and why it was not saved."""

    listing: Listing
    form: FiguresForm
    hidden: dict[str, Any]
    problem: str = ""
    conflict: Conflict | None = None
    is_below: bool = False


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_many(request: SellerRequest) -> HttpResponse:
    """A grid of figures; each row is saved or refused by itself, and what was refused is asked again."""
    if "result" in request.GET:
        return _result(request, "inventory/edit_many.html")
    picked, problem = _picked(request)
    if problem:
        messages.warning(request, problem)
        return redirect(LIST)
    if "confirm" not in request.POST:
        return _ask(request) or _show(request, [_fresh(listing) for listing in picked])
    forms = {listing.pk: _form(listing, request) for listing in picked}
    edits = {pk: form.edit() for pk, form in forms.items() if form.is_valid()}
    actor = Actor.seller(request.user)
    outcomes = listings.edit_many(request.seller, edits, actor=actor, now=clock.now())
    zone = request.seller.marketplace.time_zone
    lines = [line for pk, form in forms.items() if (line := _again(form, outcomes.get(pk), zone))]
    done = [outcome for outcome in outcomes.values() if not outcome.refusal]
    if not lines:
        return _to_result(request, done)
    return _show(request, lines, done)


def _show(
    request: SellerRequest, lines: Sequence[Line], done: Sequence[Outcome] | None = None
) -> HttpResponse:
    """Show the grid; with `done`, the rows that were saved while these were not."""
    context = {"lines": lines, "done": done, "changed": sum(outcome.changed for outcome in done or ())}
    return render(
        request, "inventory/edit_many.html", context, status=200 if done is None else _status(lines)
    )


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def close_many(request: SellerRequest) -> HttpResponse:
    """Close the picked listings, each by itself, once it was confirmed."""
    return _move_many(request, ChangeKind.CLOSED)


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen_many(request: SellerRequest) -> HttpResponse:
    """Reopen the picked listings, each by itself, once it was confirmed."""
    return _move_many(request, ChangeKind.REOPENED)


def _move_many(request: SellerRequest, kind: ChangeKind) -> HttpResponse:
    is_close = kind == ChangeKind.CLOSED
    if "result" in request.GET:
        return _result(request, "inventory/moved_many.html", is_close=is_close)
    picked, problem = _picked(request)
    if problem:
        messages.warning(request, problem)
        return redirect(LIST)
    if "confirm" not in request.POST:
        if to_page := _ask(request):
            return to_page
        context = {
            "is_close": is_close,
            "listings": [listing for listing in picked if listing.is_active == is_close],
            "others": [listing for listing in picked if listing.is_active != is_close],
        }
        return render(request, "inventory/move_many.html", context)
    pks = [listing.pk for listing in picked]
    actor, now = Actor.seller(request.user), clock.now()
    outcomes = listings.move_many(request.seller, pks, kind, actor=actor, now=now)
    return _to_result(request, outcomes.values())


def _ask(request: SellerRequest) -> HttpResponseRedirect | None:
    """Redirect a selection to the page that asks about it; None where that page is asked for."""
    if request.method != "POST":
        return None
    return redirect(session_values.keep(request, "selected", request.POST.getlist("listing")))


def _to_result(request: SellerRequest, outcomes: Iterable[Outcome]) -> HttpResponseRedirect:
    """Redirect to the page of the results, so that Back and reload change nothing again."""
    rows = [[each.listing.pk, str(each.refusal or ""), each.changed] for each in outcomes]
    return redirect(session_values.keep(request, "result", rows))


def _result(request: SellerRequest, page: str, **facts: bool) -> HttpResponse:
    """Show what happened to each listing; the list once that is forgotten."""
    rows = session_values.find(request, "result")
    if rows is None:
        return redirect(LIST)
    listings = request.seller.listings.in_bulk([pk for pk, _refusal, _is_changed in rows])
    done = [
        {"listing": listings[pk], "refusal": refusal, "changed": changed} for pk, refusal, changed in rows
    ]
    context = {"done": done, "changed": sum(each["changed"] for each in done), **facts}
    return render(request, page, context)


def _picked(request: SellerRequest) -> tuple[Sequence[Listing], str]:
    """The seller's own of the picked listings by SKU, or why there is nothing to do."""
    is_sent = request.method == "POST"
    asked = request.POST.getlist("listing") if is_sent else session_values.find(request, "selected") or []
    pks = {int(pk) for pk in asked if pk.isascii() and pk.isdecimal() and len(pk) < len(str(LARGEST_PK))}
    if len(pks) > MOST_AT_ONCE:
        return [], _("At most %(most)d listings can be changed at once.") % {"most": MOST_AT_ONCE}
    found = list(request.seller.listings.filter(pk__in=pks).order_by("sku"))
    return found, "" if pks else _("Pick the listings first.")


def _prefix(listing: Listing) -> str:
    return f"listing-{listing.pk}"


def _form(listing: Listing, request: SellerRequest) -> FiguresForm:
    return FiguresForm(request.POST, listing=listing, prefix=_prefix(listing))


def _fresh(listing: Listing) -> Line:
    form = FiguresForm(listing=listing, prefix=_prefix(listing))
    return Line(listing, form, versions.hidden(listing, form))


def _again(form: FiguresForm, outcome: Outcome | None, zone: str) -> Line | None:
    """The row to be decided anew; None for one that is saved."""
    kept = {"version": form["version"].value(), **{f"seen_{name}": form.seen[name] for name in form.edited}}
    if outcome is None:
        return Line(form.listing, form, kept, _("Not saved: see the marked field."))
    if outcome.refusal is None:
        return None
    if isinstance(outcome.refusal, StaleListing):
        conflict = versions.conflict(outcome.refusal, form, zone)
        hidden = versions.hidden(outcome.listing, form)
        return Line(outcome.listing, form, hidden, str(outcome.refusal), conflict)
    is_below = isinstance(outcome.refusal, BelowReserved)
    return Line(outcome.listing, form, kept, str(outcome.refusal), is_below=is_below)


def _status(lines: Sequence[Line]) -> int:
    """409 where a page was stale, 422 where something else was not saved."""
    if any(line.conflict for line in lines):
        return 409
    return 422 if lines else 200
