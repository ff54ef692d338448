"""Nobody reads or changes what is not theirs: every address of the URLconf, tried by everyone (A1, A2, A4)."""

import pytest
from django.contrib import admin
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from accounts import invitations
from accounts.models import ChannelToken
from orders import buyer_links
from orders.models import Order
from tests.access import (
    ACCOUNT,
    ANYWHERE,
    APART,
    ASKED,
    GUARDED,
    KINDS,
    LATER,
    OPEN,
    OUTSIDE,
    OWN,
    SECRETS,
    SINGLE,
    Visitor,
    World,
    answered,
    names,
    shipment,
    visitor,
    written,
)
from tests.factories import NOON, ChannelFactory, ListingFactory, MembershipFactory, UserFactory
from tests.helpers import authorised
from tests.orders.access import MARKING, STRANGERS
from tests.sign_in import refresh

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "desk"}


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


def test_every_address_has_a_row_that_says_who_may_open_it():
    """A page without a row in tests/access.py is a page that nobody has thought about."""
    portal = {name for name in names() if not name.startswith("admin:")}
    assert portal == {*GUARDED, *OPEN, *ACCOUNT, *APART}


def expected(name, method, kind):
    """What this kind of person is answered."""
    page = GUARDED[name]
    code = page.get if method == "get" else page.post
    if name in ASKED and code == 405:
        return 405
    if kind in ("signed_out", "disabled"):
        return "login"
    if name in OWN:
        return code if kind in ("owner", "stranger", *SINGLE) else 404
    if page.right is None:
        is_theirs = name == "home" or kind in ("owner", *SINGLE)
        return code if is_theirs or code == 405 else 404
    if kind in ("staff", "superuser", "removed"):
        return 404
    if kind in SINGLE and kind not in page.rights:
        return 403
    if kind == "stranger" and name not in ANYWHERE:
        return code if code == 405 else 404
    if kind == "stranger" and method == "post":
        return STRANGERS.get(name, code)
    return code


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_answers_each_person_as_its_row_says(world, kind):
    who = visitor(kind, world)
    wrong, leaked, changed = {}, [], {}
    for name, page in GUARDED.items():
        for method in ("get", "post"):
            data = page.data(world) if method == "post" else None
            for headers in ({}, HTMX):
                response, rows = who.ask(method, world.address(name), data, **headers)
                place, due = (name, method, bool(headers)), expected(name, method, kind)
                if answered(response) != due:
                    wrong[place] = (answered(response), due)
                if kind in OUTSIDE and any(secret in response.content.decode() for secret in SECRETS):
                    leaked.append(place)
                # A stranger may invite to their own team.
                is_refused = due in ("login", 403, 404, 405)
                if rows and (is_refused or (method == "get" and name not in MARKING)):
                    changed[place] = rows
    assert (wrong, leaked, changed) == ({}, [], {})


def test_what_is_refused_to_others_the_owner_really_does(world):
    """The control: each form above changes rows when its owner sends it, so that refusals refuse something."""
    who = visitor("owner", world)
    rows = {
        name: who.ask("post", world.address(name), page.data(world))[1]
        for name, page in GUARDED.items()
        if page.post != 405
    }
    assert [name for name, count in rows.items() if not count] == ["accounts:switch_seller"]


@pytest.mark.parametrize("kind", ["signed_out", "stranger", "owner", "staff"])
def test_what_a_link_or_a_token_opens_is_the_same_for_everyone(world, kind):
    who = visitor(kind, world)
    codes, changed = {}, []
    for name in OPEN:
        found = {}
        for method in ("get", "post"):
            response, rows = who.ask(method, world.address(name))
            found[method] = response.status_code
            if rows and method == "get":
                changed.append(name)
        codes[name] = (found["get"], found["post"])
    assert (codes, changed) == (OPEN, [])


@pytest.mark.parametrize("kind", ["signed_out", "disabled", "owner"])
def test_the_pages_of_ones_own_account(world, kind):
    who = visitor(kind, world)
    codes = {}
    for name in ACCOUNT:
        (get, rows), (post, _) = (who.ask(method, world.address(name)) for method in ("get", "post"))
        codes[name] = (get.status_code, post.status_code)
        assert not rows, name
    inside = int(kind == "owner")
    assert codes == {name: (row[inside], row[2 + inside]) for name, row in ACCOUNT.items()}


def admin_addresses():
    """Every page of the staff, and for each model one record."""
    site = [reverse(f"admin:{name}") for name in ("index", "password_change", "autocomplete", "jsi18n")]
    site += [f"/admin/{label}/" for label in ("accounts", "orders", "payments", "inventory", "nothing")]
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        record = model._default_manager.first()
        site += [reverse(f"{label}_{page}") for page in ("changelist", "add")]
        pk = record.pk if record else 1
        site += [reverse(f"{label}_{page}", args=[pk]) for page in ("change", "delete", "history")]
    return site


@pytest.mark.parametrize("kind", ["signed_out", "removed", "owner"])
def test_the_pages_of_the_staff_open_to_nobody_else(world, kind):
    who, wrong = visitor(kind, world), []
    data = {"action": "cancel", "_selected_action": [world.order.pk], "reason": "pricing_error"}
    before = written()
    for address in admin_addresses():
        for response in (who.client.get(address), who.client.post(address, data)):
            led_away = response.status_code == 302 and "/login/" in response["Location"]
            if not led_away or response.content:
                wrong.append((address, response.status_code))
    assert (wrong, written() - before) == ([], 0)
    assert who.ask("get", "/admin/login/?next=/admin/")[0].status_code == (
        302 if kind in OUTSIDE[:2] else 403
    )


def test_staff_cannot_spell_out_what_a_list_does_not_show(world):
    """A filter in the address would tell a password's hash or a payment's token letter by letter."""
    who = visitor("staff", world)
    for page, query in (
        ("accounts/user", "password__startswith=md5"),
        ("accounts/user", "memberships__rights__contains=x"),
        ("mfa/authenticator", "data__secret__startswith=A"),
        ("payments/payment", "token__startswith=tok_a"),
        ("accounts/channeltoken", "digest__startswith=a"),
        ("orders/order", "buyer_email__startswith=z"),
    ):
        assert who.ask("get", f"/admin/{page}/?{query}")[0].status_code == 400, query
    for page, query in (
        ("orders/order", "status__exact=unshipped"),
        ("orders/cancelrequest", "order__fulfilment__exact=MFN"),
        ("accounts/seller", f"marketplace__id__exact={world.seller.marketplace_id}"),
        ("accounts/user", "is_active__exact=1"),
    ):
        response, _rows = who.ask("get", f"/admin/{page}/?{query}")
        assert (response.status_code, response.context["cl"].result_count > 0) == (200, True), query


def test_members_without_a_second_factor_open_nothing_where_one_is_asked_for(world, settings):
    settings.REQUIRE_MFA = True
    for kind in ("owner", "staff"):
        who = visitor(kind, world)
        for name, page in GUARDED.items():
            for method in ("get", "post"):
                response, rows = who.ask(method, world.address(name), page.data(world))
                assert (response.headers.get("Location"), rows) == (reverse("mfa_activate_totp"), 0), name
    response, _rows = visitor("staff", world).ask("get", "/admin/orders/order/")
    assert response["Location"] == reverse("mfa_activate_totp")


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}], ids=["no token", "other site"])
def test_a_form_that_another_site_made_changes_nothing(world, headers):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner)
    page = client.get(world.address("orders:cancel")).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0] if headers else ""
    for name in [*(name for name, page in GUARDED.items() if page.post != 405), *ACCOUNT, "set_language"]:
        data = GUARDED[name].data(world) if name in GUARDED else {}
        answer = client.post(world.address(name), {**data, "csrfmiddlewaretoken": token}, headers=headers)
        assert (answer.status_code, "gone stale" in answer.content.decode()) == (403, True), name


def test_orders_of_another_seller_are_not_canceled_with_ones_own(world):
    stranger = visitor("stranger", world)
    numbers = [world.order.number, world.asked.number]
    response, rows = stranger.ask("post", "/orders/cancel/", {"order": numbers})
    assert (rows, [number for number in numbers if number in response.content.decode()]) == (0, [])
    data = {"order": numbers, "confirm": "1", "reason": "no_inventory"}
    response, rows = stranger.ask("post", "/orders/cancel/", data)
    assert (rows, response.status_code) == (0, 302)


def test_a_package_and_its_slip_are_found_by_their_own_order_alone(world):
    owner = visitor("owner", world)
    assert owner.ask("get", f"/orders/{world.order.number}/packages/1/")[0].status_code == 404
    slip = f"/orders/{world.order.number}/packing-slip.pdf"
    for number in ("1", "0", "-1", "9" * 40, "1e1", "\0", "1;2"):
        assert owner.ask("get", slip, {"package": number})[0].status_code == 404, number


def test_units_of_another_order_are_neither_shipped_nor_canceled(world):
    mine = MembershipFactory(seller__marketplace=world.seller.marketplace)
    order = authorised((ListingFactory(seller=mine.seller), 2))
    own, theirs, who = order.items.get(), world.item, Visitor.of(mine.user)
    form = shipment(world)
    assert who.ask("post", f"/orders/{order.number}/ship/", form)[0].status_code == 422
    data = {"reason": "pricing_error", "seen": f"{own.pk}:2", f"units_{theirs.pk}": "1"}
    response, rows = who.ask("post", f"/orders/{order.number}/cancel/?scope=units", data)
    assert (response.status_code, rows) == (422, 0)
    both = form | {f"package-0-units_{own.pk}": "2"}
    assert who.ask("post", f"/orders/{order.number}/ship/", both)[0].status_code == 302


def test_a_person_switches_to_their_own_sellers_alone(world):
    stranger = visitor("stranger", world)
    for pk in (world.seller.pk, 0, -1, "9" * 18, "9" * 40, "١", "", "1.0", "\0"):
        response, rows = stranger.ask("post", "/settings/seller/", {"seller": pk})
        assert (response.status_code, rows) == (404, 0), pk


def test_a_session_that_names_a_seller_lets_nobody_in_who_left(world):
    member = MembershipFactory(seller=world.seller)
    other = MembershipFactory(user=member.user)
    client = Client()
    client.force_login(member.user)
    assert client.post("/settings/seller/", {"seller": world.seller.pk}).status_code == 302
    assert world.order.number in client.get("/orders/").content.decode()
    member.delete()
    shown = client.get("/orders/")
    assert (shown.context["request"].seller, world.order.number in shown.content.decode()) == (
        other.seller,
        False,
    )
    assert client.get(world.address("orders:detail")).status_code == 404


def test_an_invitation_is_for_the_seller_that_the_page_was_made_for(world):
    """In another tab the person works for another seller by now: the colleague is invited to neither."""
    both = MembershipFactory(user=world.owner)
    client = Client()
    client.force_login(world.owner)
    client.post("/settings/seller/", {"seller": both.seller.pk})
    refresh(client, world.owner)
    data = {"invite-email": "friend@example.com", "invite-rights": ["view"], "for_seller": world.seller.pk}
    shown = client.post("/settings/team/invitations/", data)
    assert (shown.status_code, "Nothing was changed" in shown.content.decode()) == (409, True)
    assert not both.seller.invitations.exists()
    client.post("/settings/team/invitations/", data | {"for_seller": both.seller.pk})
    assert both.seller.invitations.get().email == "friend@example.com"


def test_an_invitation_opens_to_its_own_address_alone(world):
    url = world.address("accounts:invitation")
    data = {"invitation-name": "Eve", "invitation-password": "a long enough one"}
    for kind in ("stranger", "owner", "staff"):
        for method in ("get", "post"):
            response, rows = visitor(kind, world).ask(method, url, data)
            assert (response.status_code, rows) == (403, 0), kind
    assert visitor("signed_out", world).ask("get", url)[0].status_code == 200
    UserFactory(email="new@example.com")
    response, rows = visitor("signed_out", world).ask("post", url, data)
    assert (response.context["step"], rows) == ("sign_in", 0)


def tampered(token):
    """The same token with one letter other, one less, one more, without its signature, or signed elsewhere."""
    value, signature = token.rsplit(".", 1)
    flipped = "A" if signature[-2] != "A" else "B"
    yield f"{value}.{signature[:-2]}{flipped}{signature[-1]}"
    yield from (
        token[:-1],
        f"{token}A",
        value,
        f"{value}.",
        f".{signature}",
        f"{value}.{signature}.{signature}",
    )
    for salt in ("orders.buyer_links", "accounts.invitations", "", "django.core.signing.Signer"):
        signer = Signer(salt=salt or None, key="another key" * 5, sep=".")
        yield signer.sign(value)


def test_a_link_that_was_changed_opens_nothing(world):
    order, nobody = world.order, visitor("signed_out", world)
    made_up = [*tampered(buyer_links.token_of(order)), invitations.SIGNER.sign(order.number)]
    made_up.append(buyer_links.token_of(order).replace(order.number, world.asked.number))
    for token in made_up:
        for name in ("order", "cancel", "ask"):
            for method in ("get", "post"):
                response, rows = nobody.ask(method, reverse(f"buyer:{name}", args=[token]))
                assert (response.status_code, rows) == (404, 0), token
    made_up = [*tampered(world.token), buyer_links.SIGNER.sign(str(world.invitation.pk))]
    made_up += [invitations.SIGNER.sign(odd) for odd in ("0", "-1", "9" * 40, "1e1", "1_0")]
    for token in made_up:
        response, rows = nobody.ask("post", reverse("accounts:invitation", args=[token]))
        assert (response.status_code, rows) == (404, 0), token


def test_a_buyers_link_shows_their_order_and_no_other(world):
    other = authorised((world.listing, 1), buyer_name="Other Person", address_1="9 Else Street")
    shown = visitor("signed_out", world).ask("get", buyer_links.path_for(other))[0].content.decode()
    assert other.number in shown
    hidden = ("Zelda Quux", "77 Hidden Lane", world.order.number, world.owner.email, "LAMP-1")
    assert [text for text in hidden if text in shown] == []


def test_a_channels_token_opens_that_channel_alone(world):
    other = ChannelFactory(marketplace=world.seller.marketplace)
    _token, secret = ChannelToken.issue(other, now=NOON)
    nobody, headers = visitor("signed_out", world), {"Authorization": f"Bearer {secret}"}
    for name in ("channels:order", "channels:orders"):
        method = "get" if name == "channels:order" else "post"
        response, rows = nobody.ask(method, world.address(name), **headers)
        assert (response.status_code, rows) == (404, 0)
    own = reverse("channels:order", args=[other.slug, world.order.reference])
    assert nobody.ask("get", own, **headers)[0].status_code == 404
    _token, secret = ChannelToken.issue(world.order.channel, now=NOON)
    headers = {"Authorization": f"Bearer {secret}"}
    assert nobody.ask("get", world.address("channels:order"), **headers)[0].status_code == 200


def test_neither_search_nor_pages_lead_into_another_sellers_list(world):
    stranger, order = visitor("stranger", world), world.order
    place = f"{int(order.placed_at.timestamp() * 1_000_000)}.{order.pk}"
    for query in (
        {"q": order.number},
        {"q": order.number[:5]},
        {"q": order.number.replace("-", "")},
        {"before": place},
        {"after": place},
        {"after": "0.0"},
        {"end": "1"},
        {"tab": "shipped"},
        {"attention": "cancel-requested"},
        {"seller": world.seller.pk, "seller_id": world.seller.pk},
    ):
        shown = stranger.ask("get", "/orders/", query)[0].content.decode()
        assert [secret for secret in SECRETS if secret in shown] == [], query
        assert f"/orders/{order.number}/" not in shown, query


def test_numbers_that_are_guessed_are_no_pages(world):
    """404, not 403: nobody learns which numbers there are."""
    stranger, shown = visitor("stranger", world), []
    for number in (world.order.number, "000-0000000-0000000"):
        response, _rows = stranger.ask("get", f"/orders/{number}/")
        lines = response.content.decode().splitlines()
        assert response.status_code == 404
        shown.append([line for line in lines if "csrf" not in line.lower() and "data-now" not in line])
    assert shown[0] == shown[1]


def test_a_later_look_by_the_buyer_changes_nothing(world, monkeypatch):
    """GET of every page behind the link, before and after the window."""
    nobody = visitor("signed_out", world)
    for moment in (NOON, LATER):
        monkeypatch.setattr("accounts.clock.now", lambda moment=moment: moment)
        for order in Order.objects.all():
            for name in ("order", "cancel", "ask"):
                url = reverse(f"buyer:{name}", args=[buyer_links.token_of(order)])
                assert nobody.ask("get", url)[1] == 0
