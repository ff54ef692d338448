"""Whatever orders a marketplace writes into a report, in whatever order of rows: the same orders are read."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.money import Money
from orders.entry.cart import Item, NewOrder
from tests.orders import reports
from tests.orders.test_import_report import parsed

text = (
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
amount = st.integers(0, 10**10)
moment = st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@st.composite
def orders(draw: st.DrawFn) -> list[NewOrder]:
    """Up to eight different orders, of up to four items each."""
    found = []
    for place in range(draw(st.integers(1, 8))):
        items = tuple(
            Item(
                sku=draw(text).replace("+", "-"),
                quantity=draw(st.integers(1, 999_999_999)),
                price=draw(amount),
                tax=draw(amount),
                shipping=draw(amount),
                shipping_tax=draw(amount),
                number=f"{place:07d}{n:07d}",
                title=draw(text),
            )
            for n in range(draw(st.integers(1, 4)))
        )
        number = f"701-{place:07d}-7654321"
        texts = [draw(text) for _n in range(7)]
        service, buyer_name, buyer_email, recipient, address_1, city, state = texts
        found.append(
            NewOrder(
                reference=number,
                number=number,
                placed_at=draw(moment),
                currency=draw(st.sampled_from(["USD", "JPY", "KWD"])),
                service=service,
                buyer_name=buyer_name,
                buyer_email=buyer_email,
                recipient=recipient,
                address_1=address_1,
                city=city,
                state=state,
                postal_code="12345",
                country="US",
                payment_token="tok_approve",
                items=items,
            )
        )
    return found


def rows_of(order: NewOrder) -> list[dict[str, str]]:
    """The rows that a marketplace would write for an order."""
    return [
        {
            "order-id": order.number,
            "order-item-id": line.number,
            "purchase-date": order.placed_at.isoformat(),
            "buyer-email": order.buyer_email,
            "buyer-name": order.buyer_name,
            "sku": line.sku,
            "product-name": line.title,
            "quantity-purchased": str(line.quantity),
            "currency": order.currency,
            "item-price": Money(line.price, order.currency).plain,
            "item-tax": Money(line.tax, order.currency).plain,
            "shipping-price": Money(line.shipping, order.currency).plain,
            "shipping-tax": Money(line.shipping_tax, order.currency).plain,
            "ship-service-level": order.service,
            "recipient-name": order.recipient,
            "ship-address-1": order.address_1,
            "ship-city": order.city,
            "ship-state": order.state,
            "ship-postal-code": order.postal_code,
            "ship-country": order.country,
        }
        for line in order.items
    ]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    orders(),
    st.randoms(use_true_random=False),
    st.sampled_from(reports.WITH_PRICES),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_what_is_read(
    tmp_path: Path, written: list[NewOrder], chance: object, header: list[str], end: str, encoding: str
) -> None:
    rows = [cells for order in written for cells in rows_of(order)]
    chance.shuffle(rows)
    read = parsed(reports.write(tmp_path / "report.txt", rows, header, end=end, encoding=encoding))
    in_order = [replace(each, items=tuple(sorted(each.items, key=lambda line: line.number))) for each in read]
    assert sorted(in_order, key=lambda each: each.number) == written
