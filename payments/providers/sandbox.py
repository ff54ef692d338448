"""A provider for tests and demos, which does what the token says and keeps its own books (docs/payments.md).

It is the least helpful provider there can be: it never looks whether an order was charged before. Only the
idempotency key stands between a repeated call and a second charge, and the books show it.
"""

import re
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from payments.models import SandboxOperation
from payments.providers.base import Outcome, Request, Status
from payments.states import Operation

HANG_SECONDS = 10.0


@dataclass(frozen=True)
class Step:
    """One answer to a key; `done` when the money moved although the answer does not say so."""

    status: Status
    code: str = ""
    done: bool = False
    hangs: bool = False


APPROVE = Step(Status.APPROVED)
DECLINE = Step(Status.DECLINED, "card_declined")
DECLINED_LATE = Step(Status.DECLINED, "hold_expired")
PEND = Step(Status.PENDING, "in_review")
TIMEOUT = Step(Status.UNKNOWN, "timeout", done=True)
HANG = Step(Status.UNKNOWN, "timeout", done=True, hangs=True)
ERROR = Step(Status.UNKNOWN, "http_500", done=True)
NOT_REACHED = Step(Status.UNKNOWN, "connection_refused")

Script = dict[
    str, tuple[Step, ...]
]  # by operation: the answers to each ask with one key; the last one repeats


def _always(*steps: Step) -> Script:
    return dict.fromkeys(Operation.values, steps)


SCRIPTS: dict[str, Script] = {
    "tok_approve": {},
    "tok_decline": {Operation.AUTHORISE: (DECLINE,)},
    "tok_decline_then_approve": {},
    "tok_pend_then_approve": {Operation.AUTHORISE: (PEND, PEND, APPROVE)},
    "tok_capture_fails": {Operation.CAPTURE: (DECLINE,)},
    "tok_capture_fails_then_approves": {},
    "tok_capture_unreachable_then_fails": {Operation.CAPTURE: (NOT_REACHED, DECLINE)},
    "tok_capture_timeout": {Operation.CAPTURE: (TIMEOUT, APPROVE)},
    "tok_void_fails": {Operation.VOID: (DECLINE,)},
    "tok_refund_fails": {Operation.REFUND: (DECLINE,)},
    "tok_timeout": _always(TIMEOUT, APPROVE),
    "tok_hang": _always(HANG, APPROVE),
    "tok_error_500": _always(ERROR, APPROVE),
    "tok_unreachable": _always(NOT_REACHED, APPROVE),
    "tok_never_answers": _always(NOT_REACHED),
    "tok_hold_7_days": {},
    "tok_hold_7_days_once": {},
    "tok_hold_30_days": {},
}
# The first key of the order is declined, every later one approved.
FIRST_DECLINED = {
    "tok_decline_then_approve": Operation.AUTHORISE,
    "tok_capture_fails_then_approves": Operation.CAPTURE,
}
# Holds end after so long; without one of these tokens they never do.
HOLDS = {
    "tok_hold_7_days": timedelta(days=7),
    "tok_hold_7_days_once": timedelta(days=7),
    "tok_hold_30_days": timedelta(days=30),
}
# The first key of the order is approved, every later one declined.
FIRST_APPROVED = {"tok_hold_7_days_once": Operation.AUTHORISE}
UNKNOWN_TOKEN = _always(Step(Status.DECLINED, "unknown_token"))
MESSAGES = {
    "card_declined": gettext_noop("The card was declined."),
    "hold_expired": gettext_noop("The hold on the buyer's card has expired."),
    "unknown_token": gettext_noop("There is no such means of payment."),
    "idempotency_mismatch": gettext_noop("The same key was used for another operation."),
}


class SandboxProvider:
    """Answers by test tokens; every operation is a row of its own books, at most one for a key."""

    TOKEN = re.compile(r"[A-Za-z]+_[A-Za-z0-9_]+")

    @staticmethod
    def step(currency: str) -> int:
        return 1

    def authorise(self, request: Request) -> Outcome:
        return _operate(Operation.AUTHORISE, request)

    def capture(self, request: Request) -> Outcome:
        return _operate(Operation.CAPTURE, request)

    def void(self, request: Request) -> Outcome:
        return _operate(Operation.VOID, request)

    def refund(self, request: Request) -> Outcome:
        return _operate(Operation.REFUND, request)


def _operate(operation: Operation, request: Request) -> Outcome:
    """Do it in the provider's books, at once and for good, then answer as the token says."""
    step, row = _book(operation, request)
    if step.hangs:
        time.sleep(HANG_SECONDS)
    heard = "" if step.status == Status.UNKNOWN else row.reference
    return Outcome(step.status, heard, step.code, MESSAGES.get(step.code, ""), row.capture_before)


@transaction.atomic(durable=True)  # another company's books: our transactions cannot roll them back
def _book(operation: Operation, request: Request) -> tuple[Step, SandboxOperation]:
    asked = {"operation": operation, "amount": request.amount, "currency": request.currency}
    row, _ = SandboxOperation.objects.select_for_update().get_or_create(
        key=str(request.key),
        defaults={**asked, "order_number": request.order_number, "token": _token(request)},
    )
    row.asks += 1
    if any(getattr(row, name) != value for name, value in asked.items()):
        step = Step(Status.UNKNOWN, "idempotency_mismatch")
    else:
        step = DECLINED_LATE if _is_over(request, operation) else _step(row)
        if step.done or step.status != Status.UNKNOWN:
            row.status = Status.APPROVED if step.done else step.status
        row.code, row.reference = step.code, f"sandbox_{operation}_{row.pk}"
    if operation == Operation.AUTHORISE and step.status == Status.APPROVED and row.token in HOLDS:
        row.capture_before = row.capture_before or (request.now and request.now + HOLDS[row.token])
    row.save()
    return step, row


def _token(request: Request) -> str:
    """Return the token that is asked with, or, once it was deleted, the one that the order began with."""
    known = SandboxOperation.objects.filter(order_number=request.order_number).order_by("pk")
    return request.token or known.values_list("token", flat=True).first() or ""


def _is_over(request: Request, operation: Operation) -> bool:
    """Whether the hold that is to be captured has ended."""
    if operation != Operation.CAPTURE or not request.now:
        return False
    return SandboxOperation.objects.filter(
        reference=request.reference, capture_before__lt=request.now
    ).exists()


def _step(row: SandboxOperation) -> Step:
    """What the token has in store for this ask."""
    if FIRST_DECLINED.get(row.token) == row.operation and not _earlier(row):
        return DECLINE
    if FIRST_APPROVED.get(row.token) == row.operation and _earlier(row):
        return DECLINE
    steps = SCRIPTS.get(row.token, UNKNOWN_TOKEN).get(row.operation, (APPROVE,))
    return steps[min(row.asks, len(steps)) - 1]


def _earlier(row: SandboxOperation) -> bool:
    same = SandboxOperation.objects.filter(order_number=row.order_number, operation=row.operation)
    return same.filter(pk__lt=row.pk).exists()
