"""How far a return has come, as a row of steps (R4)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from refunds.models import Return
from refunds.states import ReturnState


@dataclass(frozen=True)
class Step:
    """One step: when it was taken, or that it is the one that comes next."""

    label: str
    at: datetime | None
    is_next: bool = False


def of(found: Return) -> list[Step]:
    """Asked for, authorised, received, refunded, closed; a step that was left out is not the next one."""
    taken = [
        (_("Asked for"), found.requested_at),
        (_("Authorised"), found.authorised_at),
        (_("Received"), found.received_at),
        (_("Refunded"), found.refunded_at),
    ]
    coming = _coming(found)
    steps = [Step(label, at, place == coming) for place, (label, at) in enumerate(taken)]
    return [*steps, Step(_("Closed"), found.closed_at, coming == len(taken))]


def _coming(found: Return) -> int | None:
    """The place of the step that comes next; nothing is awaited of a closed return."""
    state = ReturnState(found.state)
    if state == ReturnState.CLOSED:
        return None
    if state == ReturnState.REQUESTED:
        return 1
    if found.is_awaited:
        return 2
    return 4 if found.refunded_at else 3
