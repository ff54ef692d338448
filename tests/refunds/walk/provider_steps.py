"""The steps of the walk at the provider: refunds that fail later, disputes, holds that end, and news of all that.

Each changes the provider's record and puts events on their way. They come late, twice, and the newest first.
"""

from datetime import timedelta

from django.db.models import Q

from orders import sweeps
from orders.states import OrderStatus
from payments import news
from payments.models import (
    DisputeStatus,
    EventSource,
    EventState,
    Payment,
    ProviderEvent,
    SandboxOperation,
    Topic,
)
from payments.providers.news import DisputeSeen
from payments.states import PaymentState
from refunds.models import Refund
from refunds.states import RefundState
from tests.helpers import SYSTEM
from tests.refunds.walk.provider import ENDED
from tests.refunds.walk.world import CHARGED, World


def deliver_events(world: World) -> None:
    """Some of the events arrive, in any order, with some that came before; the portal looks at what they are about."""
    desk, chance = world.desk, world.chance
    chance.shuffle(desk.outbox)
    count = chance.randint(0, len(desk.outbox))
    fresh, desk.outbox = desk.outbox[:count], desk.outbox[count:]
    again = chance.sample(desk.sent, min(len(desk.sent), chance.randint(0, 2)))
    came = [*again, *fresh, *fresh[:1]]
    kept = news.record("sandbox", came, source=EventSource.WEBHOOK, now=world.now)
    assert kept == len(fresh), "an event was kept twice, or not at all"
    assert kept >= sum(iter(lambda: news.follow_due(world.now, SYSTEM), 0))
    odd = ProviderEvent.objects.filter(Q(state=EventState.WAITING) | Q(needs_attention=True))
    assert not odd.exists(), "an event could not be followed, or calls for the operator"
    desk.sent += fresh
    for event in fresh:
        desk.hear(event.topic, event.about)
        world.done[event.kind] += 1


def renew_holds(world: World) -> None:
    """Holds that end before their order's last day to ship are renewed."""
    world.done["renew holds"] += sweeps.run(sweeps.renew_holds, now=world.now, actor=SYSTEM)


def end_hold(world: World) -> None:
    """The buyer's bank lets go of a hold before its time."""
    order = world.some_order(OrderStatus.UNSHIPPED)
    payment = order and Payment.objects.get(order=order)
    if not payment or payment.state != PaymentState.AUTHORISED or not payment.amount:
        return
    hold = SandboxOperation.objects.filter(reference=payment.provider_reference)
    hold.update(code="ended", capture_before=world.now - timedelta(minutes=1))
    for kind in ("payment_intent.canceled", "charge.expired"):
        world.desk.send(Topic.PAYMENT, payment.provider_reference, kind, world.now)
    world.done["end hold"] += 1


def fail_refund_later(world: World) -> None:
    """The buyer's bank sends a refund back that was made."""
    done = Refund.objects.filter(seller=world.seller, state=RefundState.DONE).order_by("-pk")[:4]
    done = [each for each in done if each.call.reference not in world.desk.failures]
    if not done:
        return
    refund = world.chance.choice(done)
    assert SandboxOperation.objects.filter(reference=refund.call.reference).update(status="declined") == 1
    world.desk.failures[refund.call.reference] = (refund.order.number, refund.amount)
    for kind in ("refund.updated", "refund.failed"):
        world.desk.send(Topic.REFUND, refund.call.reference, kind, world.now)
    world.done["fail refund later"] += 1


def report_refund(world: World) -> None:
    """The provider reports a refund that is as it was: its answer may have been lost, or came long ago."""
    refund = Refund.objects.filter(seller=world.seller, call__isnull=False).order_by("-pk").first()
    row = refund and SandboxOperation.objects.filter(key=str(refund.call.key)).exclude(reference="").first()
    if row:
        world.desk.send(Topic.REFUND, row.reference, "refund.created", world.now)


def open_dispute(world: World) -> None:
    """A buyer disputes a part of a charge, or all of it that is left; an inquiry moves no money."""
    order = world.some_order(*CHARGED)
    payment = order and Payment.objects.get(order=order)
    if not order or not payment or not payment.captured_amount:
        return
    asked = sum(order.refunds.filter(state=RefundState.SENT).values_list("amount", flat=True))
    left = world.desk.left(order.number) - asked - _undecided(world, payment)
    if left <= 0:
        return
    amount = world.chance.choice([left, world.chance.randint(1, left)])
    reference = f"dispute_{payment.pk}_{len(world.desk.disputes)}"
    world.desk.disputes[reference] = DisputeSeen(
        reference,
        payment.provider_reference,
        amount,
        world.currency,
        DisputeStatus.OPEN,
        "fraudulent",
        world.now,
        world.now + timedelta(days=14),
        is_withdrawn=world.chance.random() < 0.7,
        is_returned=False,
    )
    world.desk.send(Topic.DISPUTE, reference, "charge.dispute.created", world.now)
    world.done["open dispute"] += 1


def decide_dispute(world: World) -> None:
    """A dispute is reviewed, won, lost, or closed without any money."""
    open_ones = [each for each in world.desk.disputes.values() if each.status not in ENDED]
    if not open_ones:
        return
    case = world.chance.choice(open_ones[-4:])
    if not case.is_withdrawn:
        world.desk.change(case.reference, status=DisputeStatus.CLOSED)
    elif world.chance.random() < 0.3:
        world.desk.change(case.reference, status=DisputeStatus.UNDER_REVIEW)
    elif world.chance.random() < 0.5:
        world.desk.change(case.reference, status=DisputeStatus.LOST)
    else:
        world.desk.change(case.reference, status=DisputeStatus.WON, is_returned=True)
    world.desk.send(Topic.DISPUTE, case.reference, "charge.dispute.closed", world.now)
    world.done["decide dispute"] += 1


def _undecided(world: World, payment: Payment) -> int:
    """What inquiries are about: they may still be withdrawn."""
    found = [each for each in world.desk.disputes.values() if each.payment == payment.provider_reference]
    return sum(each.amount for each in found if not each.is_withdrawn and each.status not in ENDED)
