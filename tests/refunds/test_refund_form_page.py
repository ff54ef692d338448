"""What a person may type as an amount: a sentence at the field, nothing booked, never an error of ours (R3, M4)."""

import pytest

from refunds.models import ItemRefunds, Refund
from tests.factories import ListingFactory, MarketplaceFactory, MembershipFactory, SellerFactory
from tests.helpers import authorised, ship
from tests.refunds.form_steps import agreed, form, text, url
from tests.refunds.steps import item_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
LONG = "9" * 5000

ODD = (
    *("0", "0.00", "-1", "-0.01", "-0", "+1", "1-", "--1", "(1)", "1.001", "0.001", "1.999", "20.01", "20.1"),
    *(
        "21",
        "1000000",
        "99999999999999",
        "9" * 16,
        LONG,
        "0.0000001",
        "1e309",
        "1e2",
        "1E1",
        "0x1",
        "0b1",
        "1_0",
    ),
    *(
        "NaN",
        "nan",
        "sNaN",
        "Infinity",
        "-Infinity",
        "inf",
        "∞",
        "½",
        "１",
        "1٫5",
        "١",
        "一",
        "1,00",
        "1,000.00",
    ),
    *(
        "1.000,00",
        "1 000",
        "1'000",
        "1.0.0",
        ".5",
        "5.",
        ".",
        ",",
        "-",
        "1 .00",
        "$1",
        "1$",
        "USD 1",
        "1 USD",
    ),
    *("1 EUR", "€1", "¥1", "1%", "1/2", "1+1", "=1", "two", "null", "None", "true", "<b>1</b>", "{{ 1 }}"),
    *("' OR 1=1 --", "\0", "1\0", "\u202e1", "1\u200b", "1\n2", "\ud7ff", "[]", "{}"),
)
YEN = ("1.0", "1.00", "1.5", "0.5", "1,000", "¥1", "0", "-1", "2001", "1e3", "NaN", "1e309", "", " ")
DINAR = ("1.0001", "0.0005", "1.00000", "20.001", "1,000", "0", "0.000", "-1.000", "NaN", "1e309", "KD 1", "")
UNITS = ("", "0", "-1", "3", "99", "1.5", "1e1", "NaN", "1e309", "one", "\0", LONG, "٣", "0x1", " ")


def sold(currency, country="US", **changes):
    """A shipped order of two units of one item, and a member who may refund it."""
    market = MarketplaceFactory(currency=currency, country=country)
    seller = SellerFactory(marketplace=market)
    listing = ListingFactory(seller=seller, price=changes.get("price", 1000))
    return ship(authorised((listing, 2))), MembershipFactory(seller=seller).user


@pytest.fixture
def order(listing):
    return ship(authorised((listing, 2)))


def refused(client, order, **fields):
    """Whether the form came back with a reason at a field, and nothing was booked."""
    item = item_of(order)
    data = form(order, **{f"{name}_{item.pk}": value for name, value in fields.items()})
    response = client.post(url(order), data)
    told = response.status_code, bool(response.context["form"].errors), Refund.objects.count()
    return (*told, ItemRefunds.objects.count()) == (422, True, 0, 0)


def test_there_are_at_least_sixty_of_them():
    assert len(set(ODD)) >= 60


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_m4_an_odd_price_is_refused_at_its_field(alice, order, text):
    assert refused(alice, order, how="amount", price=text)


# No shipping beside a price is a refund of the price.
ODD_SHIPPING = [odd for odd in ODD if odd not in ("0", "0.00") and not odd.startswith(("20.", "21"))]


@pytest.mark.parametrize("text", ODD_SHIPPING, ids=ascii)
def test_m4_an_odd_shipping_is_refused_even_beside_a_good_price(alice, order, text):
    assert refused(alice, order, how="amount", price="1.00", shipping=text)


@pytest.mark.parametrize("text", UNITS, ids=ascii)
def test_odd_units_are_refused(alice, order, text):
    assert refused(alice, order, how="units", units=text)


@pytest.mark.parametrize("how", ["", "nothing", "everything", "ALL", "\0", LONG], ids=ascii)
def test_something_has_to_be_chosen(alice, order, how):
    assert refused(alice, order, how=how, price="1.00", units="1")


@pytest.mark.parametrize("text", YEN, ids=ascii)
def test_m4_yen_have_no_decimals(client, at, text):
    order, user = sold("JPY", "JP")
    client.force_login(user)
    assert refused(client, order, how="amount", price=text)


@pytest.mark.parametrize("text", DINAR, ids=ascii)
def test_m4_dinars_have_three_decimals(client, at, text):
    order, user = sold("KWD")
    client.force_login(user)
    assert refused(client, order, how="amount", price=text)


@pytest.mark.parametrize(
    ("currency", "typed", "expected"),
    [("JPY", "300", "300,24,0,0,0"), ("KWD", "0.333", "333,27,0,0,0"), ("USD", "3.33", "333,27,0,0,0")],
)
def test_a_good_amount_is_exact_to_the_minor_unit(client, at, currency, typed, expected):
    """The control of the above; the tax follows in proportion."""
    order, user = sold(currency)
    client.force_login(user)
    item = item_of(order)
    data = form(order, **{f"how_{item.pk}": "amount", f"price_{item.pk}": typed})
    assert agreed(client, order, data)["agreed"] == f"{item.pk}:{expected}"


@pytest.mark.parametrize("field", ["memo", "note"])
def test_words_too_long_or_unreadable_are_refused(alice, order, field):
    for words in ("x" * 1001, "a\0b"):
        data = form(order, **{f"how_{item_of(order).pk}": "all", field: words})
        assert alice.post(url(order), data).status_code == 422
    data = form(order, **{f"how_{item_of(order).pk}": "all", field: "x\r\n" * 500})
    assert alice.post(url(order), data, follow=True).status_code == 200


@pytest.mark.parametrize("reason", ["", "CustomerReturn", "because", "\0"])
def test_only_a_reason_of_the_page_is_taken(alice, order, reason):
    data = form(order, **{f"how_{item_of(order).pk}": "all"}, reason=reason)
    response = alice.post(url(order), data)
    assert (response.status_code, "reason" in response.context["form"].errors) == (422, True)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("key", ("", "1", "\0", LONG)),
        ("seen", ("", "-1", "x", "\0", LONG, "1.0", "٠")),
        (
            "agreed",
            ("", "x", "1:2", "1:-1,0,0,0,0", "1:1e3,0,0,0,0", "1:1,0,0,0,0,0", "\0", LONG, "1:٣,0,0,0,0"),
        ),
        ("reason", ("", "because", "\0")),
        ("rma", ("x", "\0", "111-1111111-1111111-R1")),
        ("memo", ("x" * 1001, "\0")),
    ],
)
def test_a_confirm_that_no_page_of_ours_made_books_nothing(alice, order, field, values):
    good = agreed(alice, order, form(order, **{f"how_{item_of(order).pk}": "all"}))
    for value in values:
        response = alice.post(url(order), good | {field: value})
        assert (response.status_code, Refund.objects.count()) == (422, 0), ascii(value)[:30]
        assert "Nothing was refunded." in text(response)


def test_a_confirm_of_more_than_is_left_or_of_another_order_books_nothing(alice, order, listing):
    item, other = item_of(order), item_of(ship(authorised((listing, 1))))
    good = agreed(alice, order, form(order, **{f"how_{item.pk}": "all"}))
    for odd in (
        f"{item.pk}:2001,0,0,0,0",
        f"{item.pk}:0,161,0,0,0",
        f"{item.pk}:0,0,0,0,0",
        f"{item.pk}:1,0,0,0,3",
        f"{other.pk}:1,0,0,0,0",
        f"{item.pk}:1,0,0,0,0 {item.pk}:1,0,0,0,0",
        f"{'9' * 18}:1,0,0,0,0",
        f"{item.pk}:{'9' * 15},0,0,0,0",
    ):
        response = alice.post(url(order), good | {"agreed": odd})
        assert (response.status_code, Refund.objects.count()) == (422, 0), odd
    assert alice.post(url(order), good).status_code == 302


def test_more_than_an_order_ever_had_is_said_in_the_readers_language(alice, order):
    item = item_of(order)
    data = form(order, **{f"how_{item.pk}": "amount", f"price_{item.pk}": "20.01"})
    response = alice.post(url(order), data)
    assert "Only $20.00 is left." in text(response)
