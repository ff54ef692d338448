"""Order reports, in every generation and every state that they come in, and what becomes of them as orders."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accounts.text_files import Unreadable
from orders.entry import order_report
from orders.entry.cart import Item, NewOrder
from orders.entry.order_report import BadRows, Terms
from orders.entry.report_file import ReportFile
from tests.orders import reports
from tests.orders.reports import row

TERMS = Terms("tok_approve", "USD", None)
LISTED = Terms("tok_approve", "USD", {"CABLE-2M": 900})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.txt"


def parsed(path: Path, terms: Terms = TERMS, **named: str) -> list[NewOrder]:
    """The orders of a report; fails where rows make no order."""
    report = ReportFile.open(path, **named)
    order_report.check(report)
    ends = order_report.last_lines(report)
    return [order_report.order_of(group, terms) for group in order_report.groups(report, ends)]


def problems(path: Path, terms: Terms = TERMS) -> list[tuple[tuple[int, ...], str]]:
    """Lines and columns of what is wrong with the one order of a report."""
    with pytest.raises(BadRows) as refusal:
        parsed(path, terms)
    return [(each.lines, each.problem.field) for each in refusal.value.problems]


def expected(**changes: object) -> NewOrder:
    """What `reports.row()` tells of."""
    order = NewOrder(
        reference="701-0000001-7654321",
        number="701-0000001-7654321",
        placed_at=datetime(2026, 11, 19, 16, 34, 47, tzinfo=UTC),
        currency="USD",
        service="Standard",
        buyer_name="Ada Buyer",
        buyer_email="x1@relay.example",
        recipient="Ada Buyer",
        address_1="1 Main Street",
        city="Springfield",
        state="IL",
        postal_code="62701",
        country="US",
        payment_token="tok_approve",
        items=(item(),),
    )
    return replace(order, **changes)


def item(number: int = 1, **changes: object) -> Item:
    """What the item of `reports.row()` is."""
    whole = Item("CABLE-2M", 2, 2000, 160, 500, 40, f"0000001{number:07d}", 'Cable 2", black')
    return replace(whole, **changes)


class TestGenerations:
    @pytest.mark.parametrize("header", reports.WITH_PRICES, ids=["2009", "2017", "promotions", "2024"])
    def test_new_orders(self, path: Path, header: list[str]) -> None:
        assert parsed(reports.write(path, [row()], header)) == [expected()]

    @pytest.mark.parametrize(
        "header", [reports.UNSHIPPED, reports.UNSHIPPED_IN_2025], ids=["official", "2025"]
    )
    def test_unshipped_orders_cost_what_is_listed(self, path: Path, header: list[str]) -> None:
        bare = item(price=1800, tax=0, shipping=0, shipping_tax=0)
        assert parsed(reports.write(path, [row()], header), LISTED) == [expected(items=(bare,))]

    def test_all_orders_with_a_ship_to_added(self, path: Path) -> None:
        header = [*reports.ALL_ORDERS, "recipient-name", "ship-address-1", "buyer-email"]
        cells = row(quantity="2", order_status="Unshipped", item_status="Unshipped")
        cells |= {"amazon-order-id": cells["order-id"]}
        (order,) = parsed(reports.write(path, [cells], header))
        assert order == expected(buyer_name="Ada Buyer", items=(replace(item(), number=""),))

    def test_all_orders_as_they_come_have_no_ship_to(self, path: Path) -> None:
        reports.write(path, [row()], reports.ALL_ORDERS)
        with pytest.raises(Unreadable, match="buyer-email, recipient-name, ship-address-1"):
            parsed(path)

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    @pytest.mark.parametrize("tail", ["", "\t"])
    def test_line_ends_and_a_trailing_tab(self, path: Path, end: str, tail: str) -> None:
        assert parsed(reports.write(path, [row()], end=end, tail=tail)) == [expected()]

    def test_without_a_last_line_end(self, path: Path) -> None:
        reports.write(path, [row()], reports.NEW_2017)
        path.write_bytes(path.read_bytes().removesuffix(b"\r\n"))
        assert parsed(path) == [expected()]

    def test_names_of_columns_in_any_case_and_order(self, path: Path) -> None:
        header = sorted(reports.NEW_2017)
        text = reports.write(path, [row()], header).read_text()
        names, rest = text.split("\n", 1)
        path.write_text(f"{names.upper().replace('-', '_')}\n{rest}")
        assert parsed(path) == [expected()]

    def test_unknown_columns_and_rows_without_anything_are_passed_over(self, path: Path) -> None:
        header = ["new-this-year", *reports.NEW_2017, ""]
        assert parsed(reports.write(path, [{}, row(), {}], header)) == [expected()]

    @pytest.mark.parametrize(
        "before",
        [["TemplateType=Orders\tVersion=1.0"], ["TemplateType=Orders Version=1.0", "注文番号\t商品番号"]],
    )
    def test_rows_above_the_header(self, path: Path, before: list[str]) -> None:
        assert parsed(reports.write(path, [row()], before=before)) == [expected()]

    def test_quotes_are_plain_characters(self, path: Path) -> None:
        (order,) = parsed(reports.write(path, [row(product_name='"7" tablet', ship_address_1='Flat "A')]))
        assert (order.items[0].title, order.address_1) == ('"7" tablet', 'Flat "A')

    def test_quotes_of_a_spreadsheet_program_are_removed_from_the_whole_file(self, path: Path) -> None:
        named = {"product_name": '"Mug, 10"" tall"', "ship_address_1": '"Flat ""A"""'}
        (order,) = parsed(reports.write(path, [row(**named)]))
        assert (order.items[0].title, order.address_1) == ('Mug, 10" tall', 'Flat "A"')


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "name", "country", "read_as"),
        [
            ("utf-8", "山田 太郎", "JP", "utf-8"),
            ("utf-8-sig", "José Peña", "US", "utf-8-sig"),
            ("utf-16", "王小明", "US", "utf-16"),
            ("cp1252", "Jürgen Müller – Köln", "DE", "cp1252"),
            ("latin-1", "José Peña", "US", "cp1252"),
            ("gb18030", "王小明", "US", "gb18030"),
            ("gb18030", "王小明", "CN", "gb18030"),
            ("gbk", "朱镕基", "CN", "gb18030"),
            ("cp932", "山田 太郎 ｱｲｳ", "JP", "cp932"),
            ("big5", "王小明", "TW", "big5"),
            ("cp949", "김철수", "KR", "cp949"),
            ("ascii", "Ada", "US", "utf-8"),
        ],
    )
    def test_the_encoding_is_found_out(
        self, path: Path, encoding: str, name: str, country: str, read_as: str
    ) -> None:
        reports.write(path, [row(recipient_name=name)], encoding=encoding)
        assert parsed(path, country=country)[0].recipient == name
        assert ReportFile.open(path, country=country).encoding == read_as

    def test_it_can_be_said(self, path: Path) -> None:
        reports.write(path, [row(recipient_name="山田 太郎")], encoding="euc-jp")
        assert parsed(path, encoding="euc-jp")[0].recipient == "山田 太郎"

    @pytest.mark.parametrize("encoding", ["utf-8", "ascii", "no-such", "hex", "rot13"])
    def test_what_is_said_must_fit(self, path: Path, encoding: str) -> None:
        reports.write(path, [row(recipient_name="José")], encoding="latin-1")
        with pytest.raises(Unreadable):
            parsed(path, encoding=encoding)


class TestRowsOfOneOrder:
    def test_items_stand_apart(self, path: Path) -> None:
        rows = [row(1, 1), row(2, 1), row(1, 2), row(3, 1), row(2, 2)]
        orders = parsed(reports.write(path, rows))
        assert [(order.number[4:11], len(order.items)) for order in orders] == [
            ("0000001", 2),
            ("0000003", 1),
            ("0000002", 2),
        ]
        assert orders[0] == expected(items=(item(1), item(2)))

    def test_promotions_are_taken_off_their_item(self, path: Path) -> None:
        header = reports.NEW_WITH_PROMOTIONS
        first = row(item_promotion_discount="-1.50", item_promotion_id="A", ship_promotion_discount="5.00")
        more = {"order-id": first["order-id"], "order-item-id": first["order-item-id"]}
        rows = [
            first,
            row(1, 2),
            more | {"item-promotion-discount": "0.50"},
            {"item-promotion-discount": "-3.00", "item-promotion-id": "of the row before"},
            {"order-id": first["order-id"], "item-promotion-discount": "1.00"},
        ]
        assert parsed(reports.write(path, rows, header)) == [
            expected(
                items=(
                    item(1, price=1800, shipping=0, item_discount=200, shipping_discount=500),
                    item(2, price=1600, item_discount=400),
                )
            )
        ]

    def test_promotions_that_are_more_than_the_price(self, path: Path) -> None:
        cells = row(item_promotion_discount="-20.01")
        reports.write(path, [cells], reports.NEW_WITH_PROMOTIONS)
        assert problems(path) == [((2,), "item-promotion-discount")]

    def test_gift_wrap_is_paid_too(self, path: Path) -> None:
        header = [*reports.NEW_2017, "gift-wrap-price", "gift-wrap-tax"]
        cells = row(gift_wrap_price="3.00", gift_wrap_tax="0.24")
        assert parsed(reports.write(path, [cells], header)) == [
            expected(items=(item(price=2300, tax=184, gift_wrap_price=300, gift_wrap_tax=24),))
        ]

    def test_a_row_that_stands_twice_counts_once(self, path: Path) -> None:
        assert parsed(reports.write(path, [row(), row()])) == [expected()]

    def test_rows_that_disagree_about_the_order(self, path: Path) -> None:
        reports.write(path, [row(1, 1), row(1, 2, ship_city="Elsewhere")])
        assert problems(path) == [((3,), "ship-city")]

    def test_endless_rows_of_one_order_are_not_kept(self, path: Path) -> None:
        reports.write(path, [row(1, n) for n in range(4_000)])
        assert problems(path) == [((2,), "")]


class TestCells:
    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            ({"order_item_id": "1.23457E+13"}, "order-item-id"),
            ({"order_id": "7.01E+16"}, "order-id"),
            ({"sku": "1.2E+11"}, "sku"),
            ({"sku": "1,2E+11"}, "sku"),
            ({"ship_postal_code": "2139"}, "ship-postal-code"),  # of no place in Illinois
            ({"ship_postal_code": "12", "ship_state": ""}, "ship-postal-code"),
            ({"ship_country": "TW", "ship_postal_code": "4001"}, "ship-postal-code"),
            ({"purchase_order_number": "4.5E+11"}, "purchase-order-number"),
            ({"order_item_id": "123456"}, "order-item-id"),
            ({"order_item_id": "123456789012345"}, "order-item-id"),
            ({"order_item_id": "١٢٣٤٥٦٧٨٩٠١٢٣٤"}, "order-item-id"),
            ({"purchase_date": "11/19/2026 8:34"}, "purchase-date"),
            ({"purchase_date": "2026-11-19T08:34:47"}, "purchase-date"),
            ({"purchase_date": ""}, "purchase-date"),
            ({"purchase_date": "0001-01-01T00:00:00+14:00"}, "purchase-date"),
            ({"quantity_purchased": "-2"}, "quantity-purchased"),
            ({"quantity_purchased": "2.0"}, "quantity-purchased"),
            ({"quantity_purchased": ""}, "quantity-purchased"),
            ({"quantity_purchased": "two"}, "quantity-purchased"),
            ({"quantity_purchased": "9" * 30}, "quantity-purchased"),
            ({"currency": "XXY"}, "currency"),
            ({"item_price": ""}, "item-price"),
            ({"item_price": "20,00"}, "item-price"),
            ({"item_price": "$20.00"}, "item-price"),
            ({"item_price": "-20.00"}, "item-price"),
            ({"item_price": "1e309"}, "item-price"),
            ({"item_price": "20.005"}, "item-price"),
            ({"item_tax": "NaN"}, "item-tax"),
            ({"shipping_price": "1.234,56"}, "shipping-price"),
            ({"order_id": ""}, "order-id"),
        ],
    )
    def test_an_odd_cell_is_named_by_line_and_column(
        self, path: Path, cells: dict[str, str], column: str
    ) -> None:
        reports.write(path, [row(**cells)], [*reports.NEW_2017, "purchase-order-number"])
        assert problems(path) == [((2,), column)]

    @pytest.mark.parametrize(
        ("country", "state", "cut", "whole"),
        [
            ("US", "MA", "2139", "02139"),
            ("US", "", "2139", "02139"),
            ("US", "NY", "501", "00501"),
            ("PR", "", "901", "00901"),
            ("DE", "", "1067", "01067"),
            ("FR", "", "1000", "01000"),
            ("IT", "RM", "10", "00010"),
            ("ES", "Barcelona", "8001", "08001"),
            ("MX", "", "6000", "06000"),
            ("JP", "北海道", "600001", "0600001"),
            ("BR", "SP", "1310100", "01310100"),
            ("SG", "", "18956", "018956"),
            ("AU", "NT", "800", "0800"),
            ("NO", "", "150", "0150"),
            ("CN", "", "10000", "010000"),
            ("IL", "", "123456", "0123456"),
            ("PL", "", "950", "00950"),
        ],
    )
    def test_leading_zeros_of_a_postal_code_come_back_in_every_country(
        self, path: Path, country: str, state: str, cut: str, whole: str
    ) -> None:
        cells = row(ship_country=country, ship_state=state, ship_postal_code=cut)
        assert parsed(reports.write(path, [cells]))[0].postal_code == whole

    @pytest.mark.parametrize(
        ("country", "code"),
        [("US", "02139"), ("US", "62701-1234"), ("NL", "1234"), ("PT", "1000"), ("GB", "SW1A 1AA"), ("CR", "1000"),
         ("LV", "1010"), ("HK", "999"), ("XX", "12"), ("TW", "400"), ("PL", "00-950"), ("DE", "1067x"), ("", "12")],
    )  # fmt: skip
    def test_other_postal_codes_stay_as_they_are(self, path: Path, country: str, code: str) -> None:
        cells = row(ship_country=country, ship_state="", ship_postal_code=code)
        assert parsed(reports.write(path, [cells]))[0].postal_code == code

    def test_a_leading_zero_of_an_item_number_comes_back(self, path: Path) -> None:
        (order,) = parsed(reports.write(path, [row(order_item_id="5015851154158")]))
        assert order.items[0].number == "05015851154158"

    @pytest.mark.parametrize("amount", ["1980", "1980.00"])
    def test_yen(self, path: Path, amount: str) -> None:
        cells = row(currency="JPY", item_price=amount, item_tax="0", shipping_price="", shipping_tax="")
        (order,) = parsed(reports.write(path, [cells]))
        assert (order.currency, order.items[0].price) == ("JPY", 1980)

    @pytest.mark.parametrize(
        "changes", [{"quantity-shipped": "1"}, {"order-status": "Shipped"}, {"item-status": "Cancelled"}]
    )
    def test_only_what_is_still_to_be_shipped(self, path: Path, changes: dict[str, str]) -> None:
        reports.write(path, [row() | changes], [*reports.NEW_2017, *changes])
        assert len(problems(path)) == 1

    def test_a_shifted_row(self, path: Path) -> None:
        reports.write(path, [row(ship_city="Spring\tfield", sales_channel="Shipby.com")])
        assert ((2,), "") in problems(path)

    def test_a_file_that_was_cut_off(self, path: Path) -> None:
        whole = reports.write(path, [row(1), row(2)], reports.NEW_2017).read_bytes()
        path.write_bytes(whole[: whole.rindex(b"20.00") + 2])
        report = ReportFile.open(path)
        first, second = order_report.groups(report, order_report.last_lines(report))
        assert order_report.order_of(first, TERMS) == expected()
        with pytest.raises(BadRows):
            order_report.order_of(second, TERMS)


def test_moments_of_any_offset_are_the_same_moment(path: Path) -> None:
    spellings = ["2026-11-19T08:34:47-08:00", "2026-11-19T16:34:47+00:00", "2026-11-19T16:34:47Z"]
    orders = parsed(reports.write(path, [row(n, purchase_date=each) for n, each in enumerate(spellings)]))
    assert {order.placed_at for order in orders} == {expected().placed_at}
    assert {order.placed_at.utcoffset() for order in orders} == {timedelta(0)}
