"""Chinese is whole: every text of the code has both translations, and the pages show nothing in English."""

import gettext
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from babel.messages import Catalog
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS

from accounts import invitations
from accounts.actors import Actor
from accounts.models import Right
from inventory.models import Listing
from ops import messages
from orders import buyer_links, cancel_requests, lifecycle
from orders.models import Order
from orders.states import CancelReason
from tests.factories import (
    NOON,
    ChannelFactory,
    ListingFactory,
    MarketplaceFactory,
    MembershipFactory,
    SellerFactory,
)
from tests.helpers import authorised, everything, place, ship

LANGUAGES = {"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES.values())
EACH_FILE = pytest.mark.parametrize("file", LANGUAGES)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|</?\w+[^>]*>")
# Names and signs that Chinese readers write in these letters too.
ALLOWED = {
    *{"SKU", "ASIN", "MFN", "AFN", "USD", "CN", "UTC", "EST", "EDT", "America", "New_York", "Shipby"},
    "Email",  # in a sentence of allauth's
    *{"Enter", "CSV", "XLSX", "Excel"},
}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "label")
# How a search may be written, by example.
HINTS = {"sku", "buyer", "title", "tracking", "LAMP", "lamp", "Maria"}
KEPT_FOR_SCRIPTS = ("data-confirm", "data-confirm-label", "data-label", "data-copied", "data-past")


# The files ----------------------------------------------------------------------------------------


def faults(catalog: Catalog, texts: Catalog) -> Iterator[str]:
    """What is wrong with a translation of these texts."""
    there = {(message.context, message.id) for message in catalog if message.id}
    wanted = {(message.context, message.id) for message in texts if message.id}
    yield from (f"not in the file: {text}" for _context, text in sorted(wanted - there, key=str))
    yield from (f"no longer in the code: {text}" for _context, text in sorted(there - wanted, key=str))
    for message in catalog:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[-1]
        if message.fuzzy:
            yield f"fuzzy: {source}"
        for translated in messages.strings(message):
            if not translated.strip():
                yield f"not translated: {source}"
            elif sorted(PLACEHOLDER.findall(translated)) != sorted(PLACEHOLDER.findall(source)):
                yield f"other placeholders: {source}"


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return messages.extracted()


@EACH_FILE
def test_every_text_of_the_code_is_translated_with_its_placeholders(file, texts):
    assert list(faults(messages.read(file), texts)) == [], "`make messages` adds what is new"


@EACH_FILE
def test_the_file_is_as_make_messages_writes_it(file, texts):
    assert messages.file(file).read_bytes() == messages.written(file, messages.updated(file, texts))


@EACH_FILE
def test_the_compiled_form_is_of_the_file_as_it_is(file):
    with messages.file(file).with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    for message in messages.read(file):
        if message.id and not message.context:
            source = message.id if isinstance(message.id, str) else message.id[0]
            found = compiled.ngettext(*message.id, 1) if message.pluralizable else compiled.gettext(source)
            assert found == messages.strings(message)[0], "`make setup` compiles it"


def test_a_text_without_translation_is_found(texts):
    catalog = messages.updated("zh_Hans", texts)
    before = set(faults(catalog, texts))
    catalog["Reason"].string = ""
    catalog["Placed"].flags.add("fuzzy")
    catalog["Join %(seller)s"].string = "加入 %(buyer)s"
    catalog.add("Nobody says this any more", "没有人再这样说")
    catalog.delete("Packing slip")
    assert set(faults(catalog, texts)) - before == {
        "not in the file: Packing slip",
        "no longer in the code: Nobody says this any more",
        "not translated: Reason",
        "fuzzy: Placed",
        "other placeholders: Join %(seller)s",
    }


@EACH_FILE
def test_traditional_and_simplified_letters_are_not_mixed(file):
    """A few letters that stand in many of the texts, each of one script only."""
    of_the_other = set({"zh_Hans": "訂單賣買發貨確認請個", "zh_Hant": "订单卖买发货确认请个"}[file])
    told = "".join(
        string for message in messages.read(file) if message.id for string in messages.strings(message)
    )
    assert not of_the_other & set(told)


@EACH_LANGUAGE
def test_the_words_of_the_trade_win_over_djangos_and_its_calendar_stays(language):
    with translation.override(language):
        assert translation.gettext("Order") in ("订单", "訂單")
        assert str(MONTHS[5]) == "五月"
        assert str(WEEKDAYS[0]) in ("星期一", "禮拜一")


# The pages ----------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Collects what a person sees, hears or is asked by a page; not what is said in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.language = ""
        self.silent = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given["lang"]
        if tag in ("script", "style") or given.get("lang", self.language) != self.language:
            self.silent = self.silent or tag
        elif not self.silent:
            self.texts += [given[name] or "" for name in (*SPOKEN, *KEPT_FOR_SCRIPTS) if name in given]
        if tag == "option" and given.get("value", "").isascii():
            self.option = given["value"]

    def handle_endtag(self, tag):
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data):
        # A carrier is chosen by its name.
        if not self.silent and data != getattr(self, "option", ""):
            self.texts.append(data)


def english(page: str) -> set[str]:
    """The words in Latin letters that a page shows; addresses, numbers and amounts are none."""
    reader = Reader()
    reader.feed(page)
    told = re.sub(r"\S+@\S+|https?://\S+|US\$", " ", "\n".join(reader.texts))
    return set(re.findall(r"\b[A-Za-z][A-Za-z_']+\b", told)) - ALLOWED


def told(shown: Mapping[str, HttpResponse]) -> dict[str, set[str]]:
    """The English of each page that has any; the carrier of the parcels is a name."""
    found = {name: english(page.content.decode()) - {"UPS"} for name, page in shown.items()}
    return {name: words for name, words in found.items() if words}


@pytest.fixture(autouse=True)
def _own_language():
    """What a request spoke last is not spoken by the next test."""
    with translation.override("en"):
        yield


@pytest.fixture
def seller(monkeypatch):
    """A seller, a marketplace and a channel with Chinese names: what is English on a page is the portal's."""
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)
    marketplace = MarketplaceFactory(name="示例", service_name="客服")
    ChannelFactory(marketplace=marketplace, name="渠道")
    return SellerFactory(marketplace=marketplace, name="青瓷堂")


@pytest.fixture
def listing(seller) -> Listing:
    return ListingFactory(seller=seller, sku="1001", asin="", title="瓷瓶", on_hand=100)


@pytest.fixture
def reader(seller, language) -> Client:
    client = Client()
    client.force_login(MembershipFactory(seller=seller, user__name="李", user__email="li@example.com").user)
    client.cookies["django_language"] = language
    return client


def ordered(listing: Listing, take=authorised, **changes) -> Order:
    """An order that says nothing in English either."""
    channel = listing.seller.marketplace.channels.get()
    address = {"address_1": "1", "city": "上海", "state": "", "country": "CN", "service": "标准"}
    names = {"buyer_name": "王", "recipient": "王", "buyer_email": "li@example.com"}
    return take((listing, 2), channel=channel, **{**address, **names, **changes})


def asked(order: Order) -> Order:
    after = order.cancel_window_ends_at + timedelta(minutes=1)
    cancel_requests.ask(order, note="", actor=Actor.buyer(), now=after)
    return order


def canceled(order: Order) -> Order:
    return lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=Actor.system(), now=NOON)


def partly(order: Order) -> Order:
    (item,) = everything(order)
    return ship(order, {item: 1})


STATES = {
    "pending": lambda listing: ordered(listing, place),
    "unshipped": ordered,
    "late": lambda listing: ordered(listing, now=NOON - timedelta(days=5)),
    "about to be canceled": lambda listing: ordered(listing, now=NOON - timedelta(days=11)),
    "overdue": lambda listing: ordered(listing, now=NOON - timedelta(days=30)),
    "asked for": lambda listing: asked(ordered(listing, now=NOON - timedelta(hours=2))),
    "partly shipped": lambda listing: partly(ordered(listing)),
    "shipped": lambda listing: ship(ordered(listing)),
    "canceled": lambda listing: canceled(ordered(listing)),
    "refused": lambda listing: ordered(listing, payment_token="tok_capture_fails"),
}
KEY = "0b7a5f3e-6a0c-4c59-9c39-6f5f0a1d2e3f"
OF_AN_ORDER = ("", "ship/", "cancel/", "cancel/?scope=units", "packages/1/")


@EACH_LANGUAGE
@pytest.mark.parametrize("state", STATES)
@pytest.mark.django_db
def test_the_pages_of_an_order_show_no_english(state, language, listing, reader):
    order = STATES[state](listing)
    shown = {path: reader.get(f"/orders/{order.number}/{path}") for path in OF_AN_ORDER}
    shown["list"] = reader.get("/orders/", {"q": order.number})
    shown["home"] = reader.get("/")
    shown["buyer"] = Client().get(buyer_links.path_for(order), {"language": language})
    assert told(shown) == {}
    assert f'<html lang="{language}"' in shown["list"].content.decode()


@EACH_LANGUAGE
@pytest.mark.django_db
def test_lists_and_refusals_show_no_english(language, listing, reader):
    declined = ordered(listing, payment_token="tok_capture_fails")
    (item,) = everything(declined)
    package = {"ship_date": f"{NOON.date()}", "carrier": "UPS", f"units_{item}": "1"}
    management = {"package-TOTAL_FORMS": "1", "package-INITIAL_FORMS": "0"}
    sent = {**management, **{f"package-0-{name}": value for name, value in package.items()}}
    shown = {
        "charge refused": reader.post(f"/orders/{declined.number}/ship/", {**sent, "key": KEY}),
        "nothing chosen": reader.post(f"/orders/{declined.number}/ship/", {**management, "key": KEY}),
        "no reason": reader.post(f"/orders/{declined.number}/cancel/", {}),
        "after it": reader.get(f"/orders/{declined.number}/"),
        "canceling many": reader.post("/orders/cancel/", {"order": [declined.number]}),
        "not found": reader.get("/orders/", {"q": "999-9999999-9999999"}),
        "not a number": reader.get("/orders/", {"q": "瓷瓶", "from": "2026-99-99", "attention": "0"}),
        "days": reader.get("/orders/", {"from": "2026-01-01", "to": "2026-01-31"}),
        "no page": reader.get("/9/"),
        **{
            tab: reader.get("/orders/", {"tab": tab})
            for tab in ("pending", "unshipped", "shipped", "canceled")
        },
    }
    found = told(shown)
    assert found.pop("not found") <= HINTS
    assert found == {}


@EACH_LANGUAGE
@pytest.mark.django_db
def test_pages_of_people_show_no_english(language, seller, reader):
    by = seller.memberships.get().user
    guest = Client()
    guest.cookies["django_language"] = language
    invitation = invitations.invite(seller, "zhang@example.com", [Right.VIEW], by=by, now=NOON)
    bare = Client()
    bare.force_login(MembershipFactory(seller=seller, user__name="张", rights=[]).user)
    bare.cookies["django_language"] = language
    shown = {
        "login": guest.get("/accounts/login/"),
        "wrong password": guest.post("/accounts/login/", {"login": "li@example.com", "password": "1"}),
        "reset": guest.get("/accounts/password/reset/"),
        "signup": guest.get("/accounts/signup/"),
        "invitation": guest.get(invitations.url_for(invitation).removeprefix("http://testserver")),
        "team": reader.get("/settings/team/"),
        "no invitation": reader.post("/settings/team/invitations/", {}),
        "no right": bare.get("/settings/team/"),
        "no orders": bare.get("/"),
        "new": reader.get("/"),
        "sessions": reader.get("/accounts/sessions/"),
        "logout": reader.get("/accounts/logout/"),
    }
    assert told(shown) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en"])
def test_english_on_a_page_is_found(listing, reader):
    order = ordered(listing)
    shown = english(reader.get(f"/orders/{order.number}/ship/").content.decode())
    assert {"Confirm", "shipment", "buyer", "Carrier", "settlement"} <= shown
    page = '<html lang="zh-hans"><a title="Copy" data-past="over">复制 <b>now</b></a><i lang="en">English</i></html>'
    assert english(page) == {"Copy", "over", "now"}
