"""Whatever orders a marketplace writes into a report, in whatever order of rows: the same orders are read."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.money import Money
from orders.entry import extras
from orders.entry.cart import Item, NewOrder
from tests.orders import reports
from tests.orders.test_import_report import parsed

text = (
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
maybe = st.one_of(st.just(""), text)
amount = st.integers(0, 10**10)
moment = st.integers(0, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


EXTRA_COLUMNS = reports.columns(
    "delivery-Instructions buyer-company-name purchase-order-number original-order-id ioss-number tax-collection-model "
    "tax-collection-responsible-party is-business-order is-prime is-replacement-order "
    "signature-confirmation-recommended gift-wrap-price gift-wrap-tax gift-wrap-type gift-message-text customized-url "
    "price-designation item-promotion-discount ship-promotion-discount"
)


@st.composite
def items(draw: st.DrawFn, number: str) -> Item:
    """A line; its price includes the gift wrap, and discounts were taken off."""
    price, wrap, wrap_tax, shipping = draw(amount), draw(amount), draw(amount), draw(amount)
    discount, shipping_discount = draw(st.integers(0, price + wrap)), draw(st.integers(0, shipping))
    return Item(
        sku=draw(text).replace("+", "-"),
        quantity=draw(st.integers(1, 999_999_999)),
        price=price + wrap - discount,
        tax=draw(amount) + wrap_tax,
        shipping=shipping - shipping_discount,
        shipping_tax=draw(amount),
        number=number,
        title=draw(text),
        gift_wrap_price=wrap,
        gift_wrap_tax=wrap_tax,
        item_discount=discount,
        shipping_discount=shipping_discount,
        gift_wrap_type=draw(maybe),
        gift_message=draw(maybe),
        customization_url=draw(maybe),
        price_designation=draw(maybe),
    )


@st.composite
def orders(draw: st.DrawFn) -> list[NewOrder]:
    """Up to eight different orders, of up to four items each."""
    found = []
    for place in range(draw(st.integers(1, 8))):
        lines = tuple(draw(items(f"{place:07d}{n:07d}")) for n in range(draw(st.integers(1, 4))))
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
                items=lines,
                **{name: draw(st.booleans()) for name in extras.FLAGS},
                **{name: draw(maybe).replace("+", "-") for name in extras.TEXTS},
            )
        )
    return found


def plain(order: NewOrder, minor: int) -> str:
    return Money(minor, order.currency).plain


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
            "item-price": plain(order, line.price - line.gift_wrap_price + line.item_discount),
            "item-tax": plain(order, line.tax - line.gift_wrap_tax),
            "shipping-price": plain(order, line.shipping + line.shipping_discount),
            "shipping-tax": plain(order, line.shipping_tax),
            "gift-wrap-price": plain(order, line.gift_wrap_price),
            "gift-wrap-tax": plain(order, line.gift_wrap_tax),
            "item-promotion-discount": plain(order, -line.item_discount),
            "ship-promotion-discount": plain(order, line.shipping_discount),
            "gift-wrap-type": line.gift_wrap_type,
            "gift-message-text": line.gift_message,
            "customized-url": line.customization_url,
            "price-designation": line.price_designation,
            "delivery-Instructions": order.delivery_instructions,
            "buyer-company-name": order.buyer_company,
            "purchase-order-number": order.purchase_order_number,
            "original-order-id": order.original_order,
            "ioss-number": order.ioss_number,
            "tax-collection-model": order.tax_collection_model,
            "tax-collection-responsible-party": order.tax_collection_party,
            "is-business-order": str(order.is_business).lower(),
            "is-prime": str(order.is_prime).lower(),
            "is-replacement-order": str(order.is_replacement).upper(),
            "signature-confirmation-recommended": str(order.is_signature_recommended).lower(),
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
    header = [*header, *(name for name in EXTRA_COLUMNS if name not in header)]
    rows = [cells for order in written for cells in rows_of(order)]
    chance.shuffle(rows)
    read = parsed(reports.write(tmp_path / "report.txt", rows, header, end=end, encoding=encoding))
    in_order = [replace(each, items=tuple(sorted(each.items, key=lambda line: line.number))) for each in read]
    assert sorted(in_order, key=lambda each: each.number) == written
