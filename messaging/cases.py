"""Support cases: a seller asks the marketplace's staff about an order that is not to be found (O22)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import card_numbers
from accounts.actors import Actor, ActorKind
from accounts.models import Seller
from messaging import plain
from messaging.models import CaseMessage, SupportCase
from messaging.models.message import LONGEST
from messaging.refusals import KeyReused, TextRefused
from messaging.states import CASE_MOVES, CaseState, Who
from orders.refusals import MoveRefused

MOVED_BY = {Who.SELLER: CaseState.OPEN, Who.MARKETPLACE: CaseState.ANSWERED}


@transaction.atomic
def open_case(
    seller: Seller, order_number: str, text: str, *, key: UUID, actor: Actor, now: datetime
) -> SupportCase:
    """A case that quotes the order number, which need not be known here; the same key again is the same case.

    Raises TextRefused, and KeyReused for another seller's key.
    """
    text = _judged(text)
    case, is_new = SupportCase.objects.get_or_create(
        key=key,
        defaults={
            "seller": seller,
            "order_number": order_number,
            "opened_by": actor.user,
            "opened_at": now,
            "last_message_at": now,
        },
    )
    if case.seller_id != seller.pk or case.order_number != order_number:
        raise KeyReused
    if is_new:
        CaseMessage.objects.create(case=case, who=Who.SELLER, by=actor.user, text=text, at=now, key=key)
    return case


@transaction.atomic
def write(case: SupportCase, text: str, *, key: UUID, actor: Actor, now: datetime) -> CaseMessage:
    """The seller writes on, and the case is open; the staff write, and it is answered. Same key, same message.

    A closed case opens again when the seller writes. Raises TextRefused; MoveRefused where staff answer a closed
    one; KeyReused for another text.
    """
    text = _judged(text)
    case = SupportCase.objects.lock(case.pk)
    if earlier := CaseMessage.objects.filter(key=key).first():
        if (earlier.case_id, earlier.text) != (case.pk, text):
            raise KeyReused
        return earlier
    who = Who.MARKETPLACE if actor.kind == ActorKind.MARKETPLACE else Who.SELLER
    _move(case, MOVED_BY[who], now)
    return CaseMessage.objects.create(case=case, who=who, by=actor.user, text=text, at=now, key=key)


@transaction.atomic
def close(case: SupportCase, *, now: datetime) -> SupportCase:
    """Nothing more is to be done; a closed one stays as it is."""
    case = SupportCase.objects.lock(case.pk)
    if case.state != CaseState.CLOSED:
        _move(case, CaseState.CLOSED, now)
    return case


def _move(case: SupportCase, to: CaseState, now: datetime) -> None:
    """Change the state; the caller holds the row."""
    if case.state != to and to not in CASE_MOVES[case.state]:
        raise MoveRefused(_("This case is closed."))
    case.state, case.last_message_at = to, now
    case.closed_at = now if to == CaseState.CLOSED else None
    case.save(update_fields=["state", "last_message_at", "closed_at"])


def _judged(text: str) -> str:
    text = plain.clean(text)
    if not text:
        raise TextRefused(_("Write a message."))
    if len(text) > LONGEST:
        words = {"most": LONGEST, "length": len(text)}
        raise TextRefused(_("A message has at most %(most)d characters; this one has %(length)d.") % words)
    if card_numbers.find(text):
        raise TextRefused(str(card_numbers.SENTENCE))
    return text
