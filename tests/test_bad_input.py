"""Whatever is sent: an answer with a sentence, never an error of ours, and nothing changed."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation
from orders.models import Order
from tests import test_odd_fields as odd_fields
from tests.access import ACCOUNT, GUARDED, LATER, OPEN, World, answered, names, shipment, visitor, written
from tests.batches import access as batches
from tests.factories import NOON
from tests.helpers import ship
from tests.inventory import access as stock
from tests.messaging import access as talks
from tests.orders import access as many
from tests.orders.desk import access as own_desk
from tests.reports.feeds import access as feeds

pytestmark = pytest.mark.django_db
LONG = "x" * 100_000
OVERRIDE = "\u202egnp.exe"
HEADER = "a@example.com\r\nBcc: all@example.com"
TEXTS = ("\0", "a\0b", LONG, OVERRIDE, "<script>alert(1)</script>", "{{ 7 }}", "%(x)s", "' OR 1=1 --", HEADER)
NUMBERS = ("1e309", f"{10**30}", "9" * 5000, "-1", "-0.5", "NaN", "Infinity", "0x2", "two", "2;", "\0", LONG)
DAYS = ("0000-00-00", "2026-02-30", "9999-12-31", "99999-01-01", "1", "now", "2026-11-20T00:00", "\0", LONG)
REFUSED = range(400, 500)


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def owner(world):
    return visitor("owner", world)


@pytest.fixture
def nobody(world):
    return visitor("signed_out", world)


def form(address, good, name, *values):
    """(address, form, field, what the field should refuse)"""
    return address, good, name, values


def forms(world):
    """Each field of each form with what it must refuse; the rest of the form is as its page sends it."""
    ship_at, good = world.address("orders:ship"), shipment(world)
    units = f"package-0-units_{world.item.pk}"
    yield form(ship_at, good, units, "0", "3", "99", *NUMBERS)
    yield form(ship_at, good, "package-0-ship_date", "", "2026-11-19", "2026-11-21", *DAYS)
    yield form(ship_at, good, "package-0-carrier", "", "Pigeon", "ups", *TEXTS)
    yield form(
        ship_at,
        good | {"package-0-carrier": "Other"},
        "package-0-carrier_name",
        "",
        " ",
        "\u202e",
        LONG,
        "\0",
    )
    for name in ("package-0-tracking_number", "package-0-service"):
        yield form(ship_at, good, name, LONG, "x" * 61, "\0", "1Z\0")
    yield form(ship_at, good, "package-TOTAL_FORMS", "", "0", "2", "21", *NUMBERS)
    yield form(ship_at, good, "package-INITIAL_FORMS", "", "1e309", "\0", LONG)
    yield form(ship_at, good, "key", "", "1", "0" * 33, *TEXTS)
    package = world.address("orders:package")
    parcel = {"ship_date": "2026-11-20", "carrier": "FedEx", "tracking_number": "77"}
    yield form(package, parcel, "ship_date", "", "2026-11-21", *DAYS)
    yield form(package, parcel, "carrier", "", "Pigeon", *TEXTS)
    yield form(package, parcel, "tracking_number", LONG, "\0")
    cancel = world.address("orders:cancel")
    yield form(cancel, {}, "reason", "", "not_confirmed", "payment_not_authorised", "NO_INVENTORY", *TEXTS)
    some = {"reason": "pricing_error", "seen": f"{world.item.pk}:2"}
    yield form(f"{cancel}?scope=units", some, f"units_{world.item.pk}", "", "0", "3", *NUMBERS)
    picked = {"order": [world.order.number], "confirm": "1", "key": "6a204bd8-9b3e-4a39-8a55-0d5ca5a7f0a1"}
    yield form(world.address("orders:cancel_many"), picked, "reason", "", "not_confirmed", *TEXTS)
    invited = {"invite-email": "third@example.com", "invite-rights": ["view"]}
    long = f"a@{'.'.join(['b' * 60] * 5)}.example"
    invite = world.address("accounts:invite")
    yield form(invite, invited, "invite-email", "", "x", "a@", long, "a@b", "a b@c.de", *TEXTS)
    yield form(invite, invited, "invite-rights", "", "root", ["view", "root"], *TEXTS)
    yield form(world.address("accounts:member"), {}, f"member-{world.tom.pk}-rights", "", "root", *TEXTS)
    yield form(world.address("accounts:switch_seller"), {}, "seller", "", "0", *NUMBERS, *TEXTS)


def test_each_field_refuses_what_makes_no_sense_and_nothing_changes(world, owner):
    wrong = []
    for address, good, name, values in forms(world):
        for value in values:
            response, rows = owner.ask("post", address, {**good, name: value})
            told = response.status_code == 404 or b"</html>" in response.content
            if response.status_code not in REFUSED or rows or not told:
                wrong.append((address, name, ascii(value)[:40], response.status_code, rows))
    assert wrong == []


def test_the_forms_themselves_are_good(world, owner):
    """The control: what stands around the odd value is not what was refused."""
    sound = {"units_": "1", "rights": ["view"], "email": "fourth@example.com", "reason": "pricing_error"}
    sound |= {
        "ship_date": "2026-11-20",
        "carrier": "FedEx",
        "carrier_name": "Horse",
        "seller": world.seller.pk,
    }
    for address, good, name, _values in forms(world):
        value = next((each for word, each in sound.items() if word in name.rsplit("-", 1)[-1]), None)
        data = good if value is None else {**good, name: value}
        response, _rows = owner.ask("post", address, data)
        assert response.status_code in (200, 302), (address, name, response.status_code)


def test_fields_that_come_twice_count_as_their_last(world, owner):
    data = shipment(world) | {
        f"package-0-units_{world.item.pk}": ["1", "2"],
        "package-0-carrier": ["UPS", "FedEx"],
    }
    assert owner.ask("post", world.address("orders:ship"), data)[0].status_code == 302
    response, rows = owner.ask("post", world.address("orders:cancel"), {"reason": ["pricing_error", "none"]})
    assert (response.status_code, rows) == (422, 0)


@pytest.mark.parametrize("number", ["\0", LONG, "1" * 19, OVERRIDE, "114-1234567-123456٧", "", "%"])
def test_a_picked_order_that_is_no_number_is_left_out(world, number):
    """Whatever page asks about the selection, it leads back to the list with a sentence, and writes nothing."""
    client = Client()
    client.force_login(world.owner)
    before = written()
    for data in ({"order": [number]}, {"order": [number], "confirm": "1", "reason": "pricing_error"}):
        response = client.post(world.address("orders:cancel_many"), data, follow=True)
        assert (response.status_code, response.redirect_chain[-1]) == (200, ("/orders/", 302))
        assert [str(message) for message in response.context["messages"]]
    assert written() == before


def test_what_a_page_of_packages_is_rearranged_by_breaks_nothing(world, owner):
    for odd in (
        {"remove": "\0"},
        {"remove": "٠"},
        {"remove": "9" * 5000},
        {"add": "", "package-TOTAL_FORMS": "-1"},
        {"add": LONG, "package-TOTAL_FORMS": "0"},
        {"remove": "0", "package-TOTAL_FORMS": "0"},
        {"add": "1", f"package-0-units_{world.item.pk}": "1e309"},
    ):
        response, rows = owner.ask("post", world.address("orders:ship"), shipment(world) | odd)
        assert (response.status_code, rows) == (302, 0), ascii(odd)[:60]
        assert owner.ask("get", response["Location"])[0].status_code == 200, ascii(odd)[:60]


def test_marks_that_cannot_be_seen_do_not_stay_in_a_tracking_number(world):
    """Line ends, and marks that turn the direction of what follows, as they come along when people paste."""
    client = Client()
    client.force_login(world.owner)
    data = shipment(world) | {
        "package-0-carrier": "Other",
        "package-0-carrier_name": "\u2066Horse\u2069\r\nX: y",
    }
    data |= {"package-0-tracking_number": "\u202d1Z 77\u202c\n"}
    assert client.post(world.address("orders:ship"), data).status_code == 302
    package = world.order.packages.get()
    assert (package.tracking_number, package.carrier_name) == ("1Z 77", "Horse X: y")


@pytest.mark.parametrize(
    ("note", "status"), [("\0", 422), (LONG, 422), (OVERRIDE, 302), (HEADER, 302), ("<b>", 302), ("", 302)]
)
def test_a_buyers_words_are_kept_as_words_or_refused(world, nobody, monkeypatch, note, status):
    monkeypatch.setattr("accounts.clock.now", lambda: LATER)
    address = world.address("buyer:ask")
    response, rows = nobody.ask("post", address, {"note": note})
    assert (response.status_code, bool(rows)) == (status, status == 302)


def test_the_address_of_the_list_may_say_anything(world, owner):
    odd = ["from=2026-12-01&to=2026-01-01", "q=１１４", "q=%E2%80%AE114", "q=%F0%9F%98%80", "tab[]=shipped"]
    odd += [f"before={'9' * 17}.{'9' * 18}", f"after={'9' * 18}.1", "before=0.0&after=0.0", "tab=a&tab=b"]
    for fields, values in {
        ("tab", "attention", "end", "q"): ("", "%00", "x", "%FF", "x" * 9000),
        ("from", "to"): (*DAYS[:7], "%00", "1999-12-31", "2100-01-01"),
        ("before", "after"): ("1", ".", "-1.1", "%00", "1e9.1", "1.1.1"),
    }.items():
        odd += [f"{name}={value}" for name in fields for value in values]
    wrong = []
    for query in odd:
        for headers in ({}, {"HX-Request": "true", "HX-Target": "desk"}):
            response, rows = owner.ask("get", f"/orders/?{query}", **headers)
            if (response.status_code, rows) != (200, 0):
                wrong.append((query[:50], response.status_code))
    assert wrong == []
    assert owner.ask("get", "/orders/?" + "&".join(f"a{n}=1" for n in range(10_000)))[0].status_code == 400


def test_addresses_that_were_never_handed_out_are_no_pages(world, nobody, owner):
    for path in (
        "/%00",
        "/orders/%0d%0aX: y/",
        "/orders/../admin/",
        "/orders/114-1234567-123456%D9%A7/",
        f"/orders/{world.order.number}/packages/{'9' * 40}/",
        f"/orders/{world.order.number}/packages/{'9' * 5000}/",
        f"/orders/{world.order.number}%00/",
        "/buyer/%00/",
        f"/buyer/{'a' * 50_000}/",
        "/buyer/%ED%A0%80.x/",
        "/settings/team/invitation/%00/",
        "/channels/%00/orders/",
        "/static/%2e%2e/config/settings.py",
        "/accounts/confirm-email/%00/",
    ):
        for who in (nobody, owner):
            response, rows = who.ask("get", path)
            assert (answered(response), rows) in ((404, 0), ("login", 0)), path[:60]
    assert owner.ask("get", f"/orders/{world.order.number}/packages/{'9' * 40}/")[0].status_code == 404
    for name in ("member", "remove_member", "revoke_invitation"):
        for pk in ("9" * 18, "9" * 40, "9" * 5000):
            address = reverse(f"accounts:{name}", args=[1]).replace("/1/", f"/{pk}/")
            assert owner.ask("post", address)[0].status_code == 404


BODIES = {
    "json": ("application/json", b'{"reason": ["pricing_error"]}', (302, 404, 415, 422)),
    "text": ("text/plain", b"reason=pricing_error", (302, 404, 415, 422)),
    "nothing": ("", b"reason=pricing_error", (302, 404, 415, 422)),
    "no boundary": ("multipart/form-data", b"reason=pricing_error", (400,)),
    "other encoding": ("multipart/form-data; boundary=x; charset=hex", b"--x--\r\n", (400,)),
    "utf-16": ("application/x-www-form-urlencoded; charset=utf-16", b"reason=x", (400,)),
    "10,000 fields": (
        "application/x-www-form-urlencoded",
        b"&".join(b"f%d=1" % n for n in range(10_000)),
        (400,),
    ),
    "2 MB": ("application/x-www-form-urlencoded", b"reason=" + b"x" * 2_000_000, (413,)),
    "no UTF-8": (
        "application/x-www-form-urlencoded",
        b"reason=%ED%A0%80&order=%FF&seller=%FE",
        (302, 404, 422),
    ),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_form_of_ours_is_refused(world, owner, body):
    content_type, content, codes = BODIES[body]
    wrong = {}
    for name in (
        "orders:ship",
        "orders:cancel",
        "orders:package",
        "orders:cancel_many",
        "accounts:switch_seller",
    ):
        response = owner.client.generic("POST", world.address(name), content, content_type)
        if response.status_code not in codes:
            wrong[name] = response.status_code
    assert wrong == {}
    assert set(Order.objects.values_list("status", flat=True)) == {"unshipped", "shipped"}


def test_methods_that_a_page_does_not_know_are_refused(world, owner, nobody):
    known = {"set_language"}
    for name in {*GUARDED, *OPEN} - known:
        for method in ("put", "delete", "patch", "options", "trace"):
            response, rows = owner.ask(method, world.address(name))
            assert (response.status_code in (401, 405), rows) == (True, 0), (name, method)


def test_a_session_that_no_database_can_hold_is_nobodys(world, nobody):
    for cookie in (
        'session="abcdefghijk\\000"',
        f"session={LONG}",
        "session=../../x",
        'session="\\377\\376aaaaaaaa"',
        'language="\\000"',
        'csrf="\\000"; messages="\\000"',
        "=; ;;; session",
    ):
        response = Client(raise_request_exception=False).get("/", headers={"cookie": cookie})
        assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/"), cookie[:40]


def test_headers_that_no_browser_sends_break_no_page(world, owner):
    for headers in (
        {"HX-Request": "true", "HX-Target": "<x>"},
        {"HX-Request": "true", "HX-Current-URL": "http://[::1"},
        {"HX-Request": "true", "HX-Current-URL-URI-AutoEncoded": "true", "HX-Target": "%ff"},
        {"Accept-Language": "x" * 10_000},
        {"Accept-Language": "../../etc, en;q=9e999, *;q=-1"},
        {"X-Forwarded-For": "a, b", "X-Forwarded-Host": "evil.example"},
        {"User-Agent": LONG},
    ):
        response, _rows = owner.ask("get", "/orders/", **headers)
        assert (response.status_code, b"evil.example" in response.content) == (200, False), headers
    for host in ("evil.example", "testserver.evil.example", "testserver:x", ""):
        assert owner.ask("get", "/orders/", host=host)[0].status_code == 400, host


def test_nothing_leads_away_from_the_portal(world, owner, nobody):
    away = (
        "//evil.example",
        "https://evil.example",
        "http:evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    )
    sign_in = {"login": world.owner.email, "password": "correct horse battery"}
    for target in away:
        for response in (
            owner.ask("post", "/i18n/setlang/", {"language": "en", "next": target})[0],
            owner.ask("post", f"/i18n/setlang/?next={target}", {"language": "en"}, Referer=target)[0],
            nobody.ask("post", f"/accounts/login/?next={target}", {**sign_in, "next": target})[0],
        ):
            assert (response.status_code, response.headers.get("Location", "/")) == (302, "/"), target


@pytest.mark.parametrize("language", ["de", "xx", "\0", "../..", "", LONG, "EN"])
def test_a_language_that_the_portal_does_not_speak_is_not_remembered(world, owner, language):
    assert owner.ask("post", "/i18n/setlang/", {"language": language})[0].status_code == 302
    owner.client.post("/i18n/setlang/", {"language": language})
    world.owner.refresh_from_db()
    assert world.owner.language == "en"


@pytest.mark.parametrize("language", ["xx", "tlh", "!!", "../..", "", "x y", "zh-TW", "pt-BR"])
def test_a_buyer_of_any_language_gets_a_slip_and_a_page(world, owner, nobody, language):
    """The channel says the language; what the portal does not speak is answered in its own."""
    Order.objects.update(buyer_language=language)
    slip = owner.ask("get", world.address("orders:packing_slip"))[0]
    assert (slip.status_code, slip.content[:5]) == (200, b"%PDF-")
    assert nobody.ask("get", world.address("buyer:order"))[0].status_code == 200


def test_the_name_of_a_slip_is_plain_whatever_digits_asked_for_it(world, owner):
    ship(world.order)
    response, _rows = owner.ask("get", world.address("orders:packing_slip"), {"package": "١"})
    assert response["Content-Disposition"] == f'inline; filename="packing-slip-{world.order.number}-1.pdf"'


@pytest.mark.parametrize("name", ["Blue\r\nBcc: all@example.com", "\u202eBlue", "Blue\0Harbor"[:4], "é" * 75])
def test_a_sellers_name_writes_no_header(world, owner, name):
    type(world.seller).objects.filter(pk=world.seller.pk).update(name=name)
    owner.client.post(world.address("accounts:invite"), GUARDED["accounts:invite"].data(world))
    (sent,) = mail.outbox
    assert (sent.to, sent.bcc, sent.message()["Bcc"]) == (["third@example.com"], [], None)


@pytest.mark.parametrize(
    "address", [f"a@{'ü' * 60}.com", '"\x01"@example.com', "ſ@example.com", "a@[127.0.0.1]"]
)
def test_an_address_that_no_mail_can_be_written_to_stands_all_the_same(world, owner, address):
    """The page says that the mail could not be sent; it does not break after the invitation was made."""
    data = {"invite-email": address, "invite-rights": ["view"]}
    response = owner.client.post(world.address("accounts:invite"), data)
    assert response.status_code == 302
    assert Invitation.objects.filter(email=address.lower()).exists()
    assert owner.client.get("/settings/team/").status_code == 200


def test_sign_in_and_reset_take_any_text(world, nobody):
    for text in (*TEXTS, f"a@{'.'.join(['b' * 60] * 5)}.example"):
        for address, data in (
            ("/accounts/login/", {"login": text, "password": text}),
            ("/accounts/password/reset/", {"email": text}),
            ("/accounts/signup/", {"email": text, "password1": text}),
            ("/accounts/2fa/authenticate/", {"code": text}),
            ("/accounts/login/code/confirm/", {"code": text}),
            ("/admin/login/", {"username": text, "password": text}),
        ):
            response = nobody.client.post(address, data)
            assert response.status_code in (200, 302, 403, 413, 429), (address, ascii(text)[:30])


def test_somebody_who_joins_has_a_name_and_a_password_that_can_be_kept(world, nobody):
    address = world.address("accounts:invitation")
    fine = {"name": "Eve", "password": "a long enough one", "password_again": "a long enough one"}
    for name, values in {
        "name": ("", " ", "\0", LONG),
        "password": ("", "short", "\0", "new@example.com"),
        "password_again": ("", "another one", "\0"),
    }.items():
        for value in values:
            data = {f"invitation-{each}": text for each, text in {**fine, name: value}.items()}
            response, rows = nobody.ask("post", address, data)
            assert (response.status_code, rows) == (422, 0), (name, ascii(value)[:30])


def test_the_staffs_lists_answer_odd_questions_with_a_400(world):
    staff = visitor("staff", world)
    for query in ("status__exact=%00", "q=%00", "password=1", "nothing=1", "status__regex=(", "o=9.%00"):
        code = staff.ask("get", f"/admin/orders/order/?{query}")[0].status_code
        assert code in (302, 400), query
    for query in (
        "p=99999999999999999999",
        "p=-1",
        "p=x",
        "o=99.-1.x",
        "q=" + "1" * 4000,
        "all=",
        "_facets=True",
    ):
        assert staff.ask("get", f"/admin/orders/order/?{query}")[0].status_code in (200, 302), query
    for picked in (["\0"], ["abc"], ["1", "-1"], ["1e3"]):
        data = {"action": "cancel", "_selected_action": picked, "reason": "pricing_error"}
        response, rows = staff.ask("post", "/admin/orders/order/", data)
        assert (response.status_code, rows) == (400, 0), picked
    for pk in ("%00", "abc", "9" * 40, "_00", "1%0a"):
        assert staff.ask("get", f"/admin/orders/order/{pk}/change/")[0].status_code in (302, 404), pk


def test_a_channels_token_may_be_any_text(world, nobody):
    address = reverse("channels:order", args=["web", "W-1"])
    for text in (
        "Bearer",
        "Bearer ",
        "Bearer \xff\xfe",
        f"Bearer {LONG}",
        "Basic x",
        "bearer\tx",
        "Bearer a b",
    ):
        assert nobody.ask("get", address, authorization=text)[0].status_code == 401, ascii(text)[:20]


def test_every_page_is_among_those_that_were_tried():
    """A form that is added belongs into `forms` above."""
    tried = {"orders:ship", "orders:package", "orders:cancel", "orders:cancel_many", "buyer:ask"}
    tried |= {f"accounts:{name}" for name in ("invite", "member", "switch_seller", "invitation")}
    # With what a buyer sends, in tests/refunds/test_return_page.py; the holders in test_holders_page.py there.
    tried |= {*odd_fields.TRIED, "refunds:holders", "refunds:buyer_return", "refunds:buyer_withdraw"}
    # One click each on a signed link, and the removal of one's own address: tests/notifications.
    tried |= {f"notifications:{name}" for name in ("unsubscribe", "confirm", "remove_address")}
    tried |= {*many.PAGES}  # tests/orders/bulk
    tried |= {*batches.PAGES, *batches.APART}  # tests/batches/test_page.py
    tried |= {*own_desk.PAGES, *own_desk.APART}  # tests/orders/desk/test_table.py, test_saved_views.py
    tried |= {"reports:change_plan"}  # tests/reports/test_plan_page.py
    tried |= {*stock.PAGES}  # tests/inventory/test_bad_input.py
    tried |= {*feeds.PAGES, *feeds.APART}  # tests/reports/feeds/test_feed_pages.py
    tried |= {*talks.PAGES, *talks.OPEN}  # tests/messaging/test_bad_forms.py
    plain = {
        "orders:accept_request",
        "orders:decline_request",
        "buyer:cancel",
        "set_language",
        "channels:orders",
        "payments:stripe_webhook",  # tests/payments/test_webhooks.py
        "orders:revoke_link",  # tests/personal_data/test_links.py
        "accounts:end_session",  # tests/accounts/test_sessions.py
    }
    plain |= {f"accounts:{name}" for name in ("remove_member", "resend_invitation", "revoke_invitation")}
    takes_none = {name for name, page in GUARDED.items() if page.post == 405}
    takes_none |= {name for name, codes in OPEN.items() if codes[1] == 405}
    left = (
        {name for name in names() if not name.startswith("admin:")} - tried - plain - takes_none - {*ACCOUNT}
    )
    assert left == set()
