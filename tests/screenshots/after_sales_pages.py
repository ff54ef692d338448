"""Refunds, returns and settlement."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import Seller
from payments.models import Statement, StatementState
from refunds.models import Refund, Return
from refunds.states import RefundState, ReturnState
from tests.screenshots.shot import Shot


def shots() -> Iterator[Shot]:
    """The pages of the money that goes back and of the money that comes."""
    seller = Seller.objects.get(slug="lantern-and-pine")
    yield from _refunds(seller)
    yield from _returns(seller)
    yield from _payments(seller)


def _refunds(seller: Seller) -> Iterator[Shot]:
    newest = Refund.objects.filter(seller=seller).order_by("-requested_at", "-pk")
    for state in (RefundState.REQUESTED, RefundState.DONE, RefundState.TAKEN_BACK):
        order = newest.filter(state=state)[0].order
        yield Shot(f"order-refund-{state}", reverse("orders:detail", args=[order.number]))
    order = newest.filter(state=RefundState.TAKEN_BACK)[0].order
    yield Shot("refund", reverse("refunds:refund", args=[order.number]))


def _returns(seller: Seller) -> Iterator[Shot]:
    yield Shot("returns", reverse("refunds:returns"))
    for state in (ReturnState.REQUESTED, ReturnState.AUTHORISED, ReturnState.RECEIVED, ReturnState.REFUNDED):
        found = Return.objects.filter(seller=seller, state=state)[0]
        yield Shot(f"return-{state}", reverse("refunds:return", args=[found.rma]))


def _payments(seller: Seller) -> Iterator[Shot]:
    yield Shot("payments", reverse("payments:list"))
    for state in StatementState.values:
        statement = Statement.objects.filter(seller=seller, state=state).order_by("-number")[0]
        yield Shot(f"statement-{state}", reverse("payments:statement", args=[statement.number]))
