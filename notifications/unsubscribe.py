"""Signed links that work signed out: no more of a kind to an address, and yes, this is my address (RFC 8058)."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from notifications.models import Recipient
from notifications.states import Kind

UNSUBSCRIBE = Signer(salt="notifications.unsubscribe", sep=".")
CONFIRM = Signer(salt="notifications.confirm", sep=".")


def url(to: Recipient, kind: str) -> str:
    """The whole address that stands in a mail of this kind, and in its List-Unsubscribe header."""
    token = UNSUBSCRIBE.sign(f"{to.pk}-{kind}")
    return f"{settings.PUBLIC_BASE_URL}{reverse('notifications:unsubscribe', args=[token])}"


def read(token: str) -> tuple[Recipient, Kind]:
    """Whom and what the link is about. Raises Recipient.DoesNotExist where it was changed or its member left."""
    pk, _dash, kind = _unsigned(UNSUBSCRIBE, token).partition("-")
    return _recipient(pk), Kind(kind)


@transaction.atomic
def stop(to: Recipient, kind: Kind, *, all_kinds: bool = False) -> Recipient:
    """No more mail of this kind goes to that address; of a digest, or where all was said, none at all."""
    to = Recipient.objects.select_for_update(of=("self",)).select_related("membership__user").get(pk=to.pk)
    stops_all = all_kinds or kind == Kind.DIGEST
    to.kinds = [] if stops_all else [each for each in to.kinds if each != kind]
    to.save(update_fields=["kinds"])
    return to


def confirm_token(to: Recipient) -> str:
    """For the mail to the address itself: who has read it is there."""
    return CONFIRM.sign(f"{to.pk}-{to.email}")


def confirmed(token: str) -> Recipient:
    """Whose address is confirmed by this link. Raises Recipient.DoesNotExist for any other link."""
    pk, _dash, email = _unsigned(CONFIRM, token).partition("-")
    to = _recipient(pk)
    if to.email != email:
        raise Recipient.DoesNotExist
    return to


def _unsigned(signer: Signer, token: str) -> str:
    try:
        return signer.unsign(token)
    except BadSignature:
        raise Recipient.DoesNotExist from None


def _recipient(pk: str) -> Recipient:
    return Recipient.objects.select_related("membership__user", "membership__seller").get(pk=int(pk))
