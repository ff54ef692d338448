"""A colleague is asked to join a seller, by a signed link that is mailed to them and works for a week."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import permission_mail, team
from accounts.models import Invitation, Membership, Right, Seller, User
from accounts.team import TeamRefused

LIFETIME = timedelta(days=7)
MOST_OPEN = 50
SIGNER = Signer(salt="accounts.invitations", sep=".")


def url_for(invitation: Invitation) -> str:
    """The whole address of the link; whoever reads the invited mailbox can open it."""
    token = SIGNER.sign(str(invitation.pk))
    return f"{settings.PUBLIC_BASE_URL}{reverse('accounts:invitation', args=[token])}"


def of_token(token: str) -> Invitation:
    """The invitation behind a link. Raises Invitation.DoesNotExist for one that was made up or changed."""
    try:
        pk = int(SIGNER.unsign(token))
    except (BadSignature, ValueError):
        raise Invitation.DoesNotExist from None
    return Invitation.objects.select_related("seller", "invited_by").get(pk=pk)


def waiting(seller: Seller) -> list[Invitation]:
    """Those that were neither accepted nor revoked, also when their week is over."""
    rows = seller.invitations.filter(accepted_at=None, revoked_at=None)
    return list(rows.select_related("invited_by").order_by("pk"))


@transaction.atomic
def invite(seller: Seller, email: str, rights: Iterable[str], *, by: User, now: datetime) -> Invitation:
    """Make the one open invitation of this address; its link works for a week.

    Raises:
        TeamRefused: `by` doesn't have these rights, a member or an invited person has the address, the seller has
            no owner and this isn't one, or too many invitations are open.
    """
    seller, email, rights = team.lock(seller), email.lower(), team.complete(rights)
    team.check_can_give(seller, rights, by=by)
    if Right.OWNER not in rights and not _has_owner(seller):
        raise TeamRefused(_("This seller has no owner yet. Invite its owner first."))
    if Membership.objects.filter(seller=seller, user__email=email).exists():
        raise TeamRefused(_("%(email)s is in the team already.") % {"email": email})
    addresses = [invitation.email for invitation in waiting(seller)]
    if email in addresses:
        raise TeamRefused(_("%(email)s is invited already: send that invitation again.") % {"email": email})
    if len(addresses) >= MOST_OPEN:
        raise TeamRefused(
            _("There are %(count)d open invitations; revoke some first.") % {"count": MOST_OPEN}
        )
    return Invitation.objects.create(
        seller=seller,
        email=email,
        rights=rights,
        invited_by=by,
        created_at=now,
        expires_at=now + LIFETIME,
    )


@transaction.atomic
def renew(invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    """Let the link work for another week; the invitation is then `by`'s.

    Raises:
        TeamRefused: it was accepted or revoked, or `by` doesn't have its rights.
    """
    invitation = _locked(invitation)
    _check_unanswered(invitation)
    team.check_can_give(invitation.seller, invitation.rights, by=by)
    invitation.expires_at, invitation.invited_by = now + LIFETIME, by
    invitation.save(update_fields=["expires_at", "invited_by"])
    return invitation


@transaction.atomic
def revoke(invitation: Invitation, *, by: User, now: datetime) -> None:
    """End an invitation: its link no longer works.

    Raises:
        TeamRefused: it was accepted or revoked, or `by` no longer manages the team.
    """
    invitation = _locked(invitation)
    _check_unanswered(invitation)
    team.check_can_give(invitation.seller, (), by=by)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])


@transaction.atomic
def accept(invitation: Invitation, user: User, *, now: datetime) -> Membership:
    """Make the person a member of the seller, with the rights they were invited with; the link is used up.

    Raises:
        TeamRefused: as `check_open`; the person has another address than the invited one; or the member who
            invited them doesn't have these rights any more.
    """
    invitation = _locked(invitation)
    check_open(invitation, now=now)
    if user.email != invitation.email:
        raise TeamRefused(_("This invitation is for somebody else's address."))
    if not set(invitation.rights) <= team.grantable(invitation.seller, invitation.invited_by):
        raise TeamRefused(
            _("%(who)s can't give these permissions any more. Ask the team to send the invitation again.")
            % {"who": invitation.invited_by}
        )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    membership, is_new = Membership.objects.get_or_create(
        user=user, seller=invitation.seller, defaults={"rights": invitation.rights}
    )
    team.check_owned(invitation.seller)
    if is_new:
        permission_mail.owe(membership, now=now)
    return membership


@transaction.atomic
def join(invitation: Invitation, *, name: str, password: str, language: str, now: datetime) -> User:
    """A new account for the invited address, verified by the mailed link, and its membership: both or none.

    Raises TeamRefused as `accept` does, and when the address has an account by now.
    """
    check_open(_locked(invitation), now=now)
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name, language=language)
    except IntegrityError:
        raise TeamRefused(_("This address has an account: sign in to accept.")) from None
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    accept(invitation, user, now=now)
    return user


def has_account(invitation: Invitation) -> bool:
    """Whether the invited address belongs to somebody who can sign in."""
    return User.objects.filter(email=invitation.email).exists()


def check_open(invitation: Invitation, *, now: datetime) -> None:
    """Raise TeamRefused unless the link still counts: not used, not revoked, not older than a week."""
    _check_unanswered(invitation)
    if now > invitation.expires_at:
        raise TeamRefused(_("This invitation has expired. Ask for it to be sent again."))


def _has_owner(seller: Seller) -> bool:
    return Membership.objects.filter(seller=seller, rights__contains=[Right.OWNER]).exists()


def _check_unanswered(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise TeamRefused(_("This invitation was accepted already."))
    if invitation.revoked_at:
        raise TeamRefused(_("This invitation was withdrawn."))


def _locked(invitation: Invitation) -> Invitation:
    """The invitation as it is now, under the lock of its seller."""
    team.lock(invitation.seller)
    return Invitation.objects.select_related("seller", "invited_by").get(pk=invitation.pk)
