"""What must agree after every step: stock, counters, slips, ledger, statements, the provider's books, and each unit."""

from fractions import Fraction

from django.db.models import F, Sum

from inventory import rebuild
from inventory.models import Listing, StockMovement
from orders import charges, slips
from orders.models import Order, OrderItem
from orders.states import OrderStatus
from payments import audit, ledger
from payments.models import LedgerEntry, Payment, SandboxOperation, Statement, StatementLine
from payments.states import PaymentState
from refunds import amounts
from refunds.models import Refund
from refunds.states import LIVE, RefundState
from tests.refunds.walk.paper import Item, Place
from tests.refunds.walk.world import World


def check(world: World, orders: list[Order]) -> None:
    """All of it; the money and the units of these orders."""
    _stock(world)
    for order in orders:
        _counters(world, order)
        _money(world, order)
        _buyer(world, order)
    _statements(world)
    assert list(audit.faults()) == []


def _stock(world: World) -> None:
    """The figures are those on paper, those of the items, and those of the stock ledger."""
    assert list(rebuild.differences()) == []
    for listing in Listing.objects.filter(seller=world.seller):
        shelf = world.paper.shelves[listing.pk]
        figures = (listing.on_hand, listing.reserved, listing.available)
        assert figures == (shelf.on_hand, shelf.reserved, shelf.available)
        held = sum(len(item.at(Place.HELD)) for item in world.paper.items.values() if item.shelf is shelf)
        moved = StockMovement.objects.filter(listing=listing).aggregate(Sum("reserved"))
        assert listing.reserved == held == moved["reserved__sum"]


def _counters(world: World, order: Order) -> None:
    """Every page asks these: shipped, canceled, given up, and what is still to be shipped."""
    slip = {item.pk: units for item, units in slips.kept(order)}
    for item in order.items.all():
        paper = world.paper.items[item.pk]
        counted = (item.units_shipped, item.units_canceled, item.units_unsupplied, item.units_open)
        gone = len(paper.at(Place.SHIPPED)) + len(paper.at(Place.RETURNED))
        places = [len(paper.at(place)) for place in (Place.CANCELED, Place.GIVEN_UP, Place.HELD)]
        assert counted == (gone, *places), f"{item}: {counted} counted, {(gone, *places)} on paper"
        assert slip.get(item.pk, 0) == gone + places[-1]
    if order.status in (OrderStatus.SHIPPED, OrderStatus.CANCELED):
        assert not any(item.units_open for item in order.items.all())
    ordered = sum(charges.ordered(item) for item in order.items.all())
    kept = ordered if order.status == OrderStatus.CANCELED else charges.total(order.items.all())
    assert order.total == kept


def _money(world: World, order: Order) -> None:
    """Charged once, refunded what is done and stays done, at the provider and in the ledger; it all balances."""
    payment = Payment.objects.get(order=order)
    done = sorted(order.refunds.filter(state=RefundState.DONE).values_list("amount", flat=True))
    books = SandboxOperation.objects.filter(order_number=order.number, status="approved")
    # Of a free order the provider is not asked at all (B7).
    charged = [order.total] if payment.state == PaymentState.CAPTURED and order.total else []
    taken = list(books.filter(operation="capture").values_list("amount", flat=True))
    assert taken == charged or payment.state == PaymentState.CAPTURING
    given = list(books.filter(operation="refund").values_list("amount", flat=True))
    given = sorted([*given, *world.desk.failed_unheard(order.number)])
    unheard = order.refunds.filter(state=RefundState.SENT).values_list("amount", flat=True)
    assert given == done or sorted([*done, *unheard]) == given or set(given) <= {*done, *unheard}
    found = ledger.balance(payment)
    disputed = world.desk.withdrawn(order.number, is_heard=True)
    assert (found.charges, found.refunds) == (sum(charged), sum(done) + disputed)
    assert 0 <= found.refunds <= found.charges, "the buyer has more back than they paid"
    assert found.charges - found.refunds - found.fees == found.due + found.paid_out
    assert sum(LedgerEntry.objects.filter(payment=payment).values_list("amount", flat=True)) == 0
    assert (payment.state == PaymentState.CAPTURED) == (order.status in ("partially_shipped", "shipped"))


def _buyer(world: World, order: Order) -> None:
    """What the buyer keeps and what they paid: never a unit and its money, unless by amount; never neither."""
    live = set(order.refunds.filter(state__in=LIVE).values_list("pk", flat=True))
    has_failed = order.refunds.filter(state=RefundState.FAILED).exists()
    for pk, found in amounts.of_order(order).items():
        paper = world.paper.items[pk]
        paid_back = [unit for unit in paper.units if unit.refund is not None]
        assert {unit.refund for unit in paid_back} <= live
        assert found.units_refunded == len(paid_back)
        assert not any(unit.refund for unit in paper.at(Place.HELD)), "refunded, and it still ships"
        lost = [unit for unit in paper.at(Place.GIVEN_UP) if unit.refund is None]
        assert not lost or has_failed or paper.had_amounts, "neither the unit nor its money"
        assert all(getattr(found.left, part) >= 0 for part in charges.COMPONENTS)
        if order.status != OrderStatus.CANCELED and not paper.had_amounts:
            _proportional(OrderItem.objects.get(pk=pk), found, paper)


def _proportional(item: OrderItem, found: amounts.ItemAmounts, paper: Item) -> None:
    """Whole units went back at their share of what was charged, to a minor unit for each; shipping where it did."""
    paid_back = [unit for unit in paper.units if unit.refund is not None]
    for part in charges.COMPONENTS:
        of = [unit for unit in paid_back if unit.with_shipping or not part.startswith("shipping")]
        due = Fraction(charges.kept(item, part) * len(of), max(item.units_kept, 1))
        refunded = getattr(found.refunded, part)
        assert abs(refunded - due) <= len(paid_back), f"{item} {part}: {refunded} refunded, {due} due"


def _statements(world: World) -> None:
    """Each closed statement adds up from its lines, and none pays out more than became due."""
    for statement in Statement.objects.filter(seller=world.seller):
        lines = StatementLine.objects.filter(statement=statement)
        sums = lines.aggregate(Sum("charges"), Sum("refunds"), Sum("fees"), Sum("amount"))
        for part in ("charges", "refunds", "fees"):
            assert getattr(statement, part) == (sums[f"{part}__sum"] or 0)
    odd = StatementLine.objects.filter(statement__seller=world.seller)
    assert not odd.exclude(amount=F("charges") - F("refunds") - F("fees")).exists()
    assert not Refund.objects.filter(seller=world.seller, amount__lte=0).exists()
