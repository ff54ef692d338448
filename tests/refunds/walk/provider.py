"""What the sandbox provider does of its own accord in the walk, and what it answers to a look (P3)."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from unittest import mock

from django.db.models import Sum

from payments import news
from payments.models import DisputeStatus, Payment, SandboxOperation, Topic
from payments.providers.base import Outcome, Request, Status
from payments.providers.news import DisputeSeen, EventSeen, HoldSeen, RefundSeen
from payments.providers.sandbox import SandboxProvider

REAL_REFUND = SandboxProvider.refund


@dataclass
class Desk:
    """The provider's own record: disputes, refunds that failed later, and events that are still on their way.

    `heard` are the disputes as the portal last saw them, `failures` the failed refunds that it has not heard of:
    {reference: (order number, amount)}.
    """

    disputes: dict[str, DisputeSeen] = field(default_factory=dict)
    heard: dict[str, DisputeSeen] = field(default_factory=dict)
    failures: dict[str, tuple[str, int]] = field(default_factory=dict)
    outbox: list[EventSeen] = field(default_factory=list)
    sent: list[EventSeen] = field(default_factory=list)

    def send(self, topic: Topic, about: str, kind: str, at: datetime) -> None:
        """Put an event on its way; it comes when `provider_steps.deliver_events` takes it."""
        number = len(self.outbox) + len(self.sent) + 1
        self.outbox.append(EventSeen(f"evt_{id(self)}_{number}", kind, topic, about, at))

    def hear(self, topic: Topic, about: str) -> None:
        """The portal has looked at this object."""
        if topic == Topic.DISPUTE:
            self.heard[about] = self.disputes[about]
        self.failures.pop(about, None)

    def change(self, reference: str, **facts: object) -> None:
        """Change a dispute."""
        self.disputes[reference] = replace(self.disputes[reference], **facts)

    def left(self, order_number: str) -> int:
        """What was charged for the order and is still the seller's."""
        rows = SandboxOperation.objects.filter(order_number=order_number, status="approved")
        sums = dict(rows.values_list("operation").annotate(Sum("amount")))
        given_back = sums.get("refund", 0) + sum(self.failed_unheard(order_number))
        return sums.get("capture", 0) - given_back - self.withdrawn(order_number)

    def failed_unheard(self, order_number: str) -> list[int]:
        """Refunds of the order that failed later, and the portal has not heard of it."""
        return [amount for number, amount in self.failures.values() if number == order_number]

    def withdrawn(self, order_number: str, *, is_heard: bool = False) -> int:
        """What disputes of the order hold at the moment, at the provider or as the portal has heard."""
        reference = Payment.objects.get(order_number=order_number).provider_reference
        known = (self.heard if is_heard else self.disputes).values()
        held = [each for each in known if each.is_withdrawn and not each.is_returned]
        return sum(each.amount for each in held if each.payment == reference)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """The portal asks this record what it wants to look at, and it refunds."""

        def refund(provider: SandboxProvider, request: Request) -> Outcome:
            return self.give_back(provider, request)

        looks = mock.patch.dict(news.BY_NAME, sandbox=lambda: self)
        with looks, mock.patch.object(SandboxProvider, "refund", refund):
            yield

    # As payments.providers.news.News has them.

    def events(self, since: datetime) -> Iterator[EventSeen]:
        yield from [each for each in [*self.sent, *self.outbox] if each.at >= since]

    def payment(self, reference: str) -> HoldSeen | None:
        hold = SandboxOperation.objects.filter(reference=reference, operation="authorise").first()
        if hold is None:
            return None
        rows = SandboxOperation.objects.filter(order_number=hold.order_number, status="approved")
        is_last = rows.filter(operation="authorise").latest("pk") == hold  # a renewed one was let go of
        is_charged = is_last and rows.filter(operation="capture").exists()
        is_canceled = not is_charged and (not is_last or hold.code == "ended")
        return HoldSeen(reference, hold.key, not is_charged and not is_canceled, is_charged, is_canceled)

    def refund(self, reference: str) -> RefundSeen | None:
        row = SandboxOperation.objects.filter(reference=reference, operation="refund").first()
        if row is None:
            return None
        status = Status(row.status or Status.UNKNOWN)
        return RefundSeen(reference, row.key, "", status, row.code)

    def dispute(self, reference: str) -> DisputeSeen | None:
        return self.disputes.get(reference)

    # As payments.providers.base.Provider has it.

    def give_back(self, provider: SandboxProvider, request: Request) -> Outcome:
        """Refund as the sandbox does, but no money that a dispute holds."""
        is_new = not SandboxOperation.objects.filter(key=str(request.key)).exists()
        if is_new and self.disputes and self.left(request.order_number) < request.amount:
            return Outcome(Status.DECLINED, code="charge_disputed", message="The charge is disputed.")
        return REAL_REFUND(provider, request)


ENDED = {DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.CLOSED}
