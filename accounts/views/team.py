"""The team of a seller: who is in it, what each may do, and who is invited."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, invitation_mail, invitations, team_log, throttles
from accounts import team as operations
from accounts.forms import InviteForm, RightsForm
from accounts.fresh_sign_in import fresh_sign_in
from accounts.models import Invitation, Membership, Right
from accounts.rights import SellerRequest, requires
from accounts.team import TeamRefused
from accounts.throttles import Throttled


@requires(Right.SETTINGS)
@require_safe
def team(request: SellerRequest) -> HttpResponse:
    """Members with their rights, open invitations, and the form to invite one more."""
    return _page(request)


@requires(Right.SETTINGS)
@fresh_sign_in
@require_POST
def member(request: SellerRequest, pk: int) -> HttpResponse:
    """Give a member these rights and no others."""
    membership = get_object_or_404(request.seller.memberships.select_related("user"), pk=pk)
    grantable = operations.grantable(request.seller, request.user)
    form = RightsForm(request.POST, prefix=f"member-{pk}", grantable=grantable, held=membership.rights)
    if not form.is_valid():
        return _page(request, open_member=pk, member_form=form, status=422)
    try:
        operations.set_rights(membership, form.cleaned_data["rights"], by=request.user, now=clock.now())
    except TeamRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(who)s has the new rights now.") % {"who": membership.user})
    return redirect("accounts:team" if _still_manages(request) else "home")


@requires(Right.SETTINGS)
@fresh_sign_in
@require_POST
def remove_member(request: SellerRequest, pk: int) -> HttpResponse:
    """Take somebody out of the team; what they did stays on record."""
    membership = get_object_or_404(request.seller.memberships.select_related("user"), pk=pk)
    try:
        operations.remove(membership, by=request.user, now=clock.now())
    except TeamRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(who)s is no longer in the team.") % {"who": membership.user})
    return redirect("accounts:team" if _still_manages(request) else "home")


@requires(Right.SETTINGS)
@fresh_sign_in
@require_POST
def invite(request: SellerRequest) -> HttpResponse:
    """Ask a colleague to join, by mail."""
    grantable = operations.grantable(request.seller, request.user)
    form = InviteForm(request.POST, prefix="invite", grantable=grantable)
    if not form.is_valid():
        return _page(request, invite_form=form, status=422)
    email, rights = form.cleaned_data["email"], form.cleaned_data["rights"]
    now = clock.now()
    try:
        _count(request, email, now)
        invitation = invitations.invite(request.seller, email, rights, by=request.user, now=now)
    except (TeamRefused, Throttled) as refusal:
        form.add_error("email", str(refusal))
        return _page(request, invite_form=form, status=429 if isinstance(refusal, Throttled) else 409)
    _mail(request, invitation)
    return redirect("accounts:team")


@requires(Right.SETTINGS)
@fresh_sign_in
@require_POST
def resend_invitation(request: SellerRequest, pk: int) -> HttpResponse:
    """Mail the link again; it works for another week."""
    invitation = get_object_or_404(request.seller.invitations.select_related("seller"), pk=pk)
    now = clock.now()
    try:
        _count(request, invitation.email, now)
        _mail(request, invitations.renew(invitation, by=request.user, now=now))
    except Throttled as refusal:
        messages.error(request, str(refusal))
        return _page(request, status=429)
    except TeamRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:team")


@requires(Right.SETTINGS)
@fresh_sign_in
@require_POST
def revoke_invitation(request: SellerRequest, pk: int) -> HttpResponse:
    """The link no longer works."""
    invitation = get_object_or_404(request.seller.invitations.select_related("seller"), pk=pk)
    try:
        invitations.revoke(invitation, by=request.user, now=clock.now())
    except TeamRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:team")


def _count(request: SellerRequest, email: str, now: datetime) -> None:
    """Count a mail to this address. Raises: Throttled."""
    throttles.count("invitation_to_address", f"{request.seller.pk} {email.lower()}", now=now)
    throttles.count("invitation", request.seller.pk, now=now)


def _mail(request: HttpRequest, invitation: Invitation) -> None:
    """Send it, now that it is committed, and say what became of the mail."""
    words = {"email": invitation.email}
    if invitation_mail.send(invitation):
        messages.success(request, _("The invitation is on its way to %(email)s.") % words)
    else:
        sentence = _(
            "The invitation stands, but the mail to %(email)s could not be sent. Send it again later."
        )
        messages.warning(request, sentence % words)


def _still_manages(request: SellerRequest) -> bool:
    """Whether this person may still open the team's page after what they did, perhaps to themselves."""
    own = Membership.objects.filter(pk=request.membership.pk).first()
    return own is not None and own.may(Right.SETTINGS)


def _page(
    request: SellerRequest,
    *,
    invite_form: InviteForm | None = None,
    member_form: RightsForm | None = None,
    open_member: int | None = None,
    status: int = 200,
) -> HttpResponse:
    grantable = operations.grantable(request.seller, request.user)
    members = [
        _row(membership, grantable, member_form if membership.pk == open_member else None)
        for membership in request.seller.memberships.select_related("user").order_by("user__email")
    ]
    now = clock.now()
    fresh = InviteForm(prefix="invite", initial={"rights": [Right.VIEW]}, grantable=grantable)
    context = {
        "members": members,
        "invitations": [
            {"invitation": each, "rights": team_log.labels(each.rights), "is_expired": now > each.expires_at}
            for each in invitations.waiting(request.seller)
        ],
        "invite_form": invite_form or fresh,
    }
    return render(request, "accounts/team.html", context, status=status)


def _row(membership: Membership, grantable: frozenset[str], form: RightsForm | None) -> dict[str, Any]:
    """Return a member with the form that holds their rights; open where it was refused."""
    words: dict[str, Any] = {"grantable": grantable, "held": membership.rights}
    fresh = RightsForm(initial={"rights": membership.rights}, prefix=f"member-{membership.pk}", **words)
    is_owner = membership.may(Right.OWNER)
    return {
        "membership": membership,
        "rights": team_log.labels(membership.rights),
        "is_owner": is_owner,
        "has_all": set(membership.rights) >= set(Right.values) - {Right.OWNER},
        "may_change": not is_owner or Right.OWNER in grantable,
        "form": form or fresh,
        "is_open": form is not None,
    }
