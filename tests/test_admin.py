"""The staff's pages: every one of them opens, and none changes what only operations may change."""

import itertools
import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access_log.models import UnusualAccess
from accounts.models import (
    ChannelToken,
    Invitation,
    Marketplace,
    Membership,
    Right,
    Seller,
    StaffPermission,
    User,
)
from accounts.staff_pages import StaffPage
from inventory import listings
from inventory.models import Fulfilment, Listing, StockMovement
from messaging.models import RefusedMail
from messaging.states import Why
from notifications.models import Owed
from orders import cancel_requests
from orders.models import CancelRequest, Order, OrderEvent
from orders.states import OrderStatus
from payments import statements
from payments.models import Dispute, LedgerEntry, Payment, ProviderEvent
from refunds.models import Refund
from reports import chain
from reports.models import Schedule
from tests import staff_steps
from tests.batches.steps import batch_of
from tests.factories import (
    NOON,
    ChannelFactory,
    ListingFactory,
    MembershipFactory,
    SellerFactory,
    UserFactory,
)
from tests.helpers import CHANNEL, authorised, ship
from tests.messaging.access import Talk
from tests.notifications.access import told
from tests.refunds.steps import opened_return, refund
from tests.reports.feeds.access import Fed
from tests.sign_in import fresh

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def provider_reports(order):
    """A dispute of the order's charge, and the event that it came by."""
    about = {"payment": order.payment, "currency": order.currency, "amount": order.payment.amount}
    Dispute.objects.create(
        seller=order.seller, reference=order.number, status="open", opened_at=NOON, **about
    )
    event = {"kind": "charge.dispute.created", "topic": "dispute", "source": "webhook", "state": "done"}
    times = {"happened_at": NOON, "received_at": NOON, "finished_at": NOON}
    ProviderEvent.objects.create(provider="stripe", reference=order.number, **event, **times)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


signed_in = fresh


@pytest.fixture
def staff():
    """A member of customer service who may do all that staff do."""
    return staff_steps.staff(*StaffPermission)


@pytest.fixture
def root():
    """Somebody who sets up the marketplace."""
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


def fill(shipped=False):
    """At least one record behind every page; behind those of money only where an order is shipped."""
    listing = ListingFactory()
    order = authorised((listing, 2))
    if shipped:
        sold = ship(authorised((listing, 1)))
        refund(sold)
        statements.sweep(NOON)
        opened_return(sold)
        provider_reports(sold)
    member = MembershipFactory(seller=listing.seller)
    listings.close(ListingFactory(seller=listing.seller), actor=CHANNEL, now=NOON)
    Talk(SimpleNamespace(order=order, seller=listing.seller, owner=member.user))
    RefusedMail.objects.create(at=NOON, why=Why.values[0], sentence="No.", size=1)
    ChannelToken.issue(order.channel, now=NOON)
    told(listing.seller, member.user)
    Fed(listing.seller, member.user, order.number)
    Owed.objects.create(event=order.events.first())
    batch_of(listing, [1], kind=next(iter(settings.BATCH_KINDS)))
    Schedule.objects.create(seller=listing.seller)
    chain.post_due(NOON)
    UnusualAccess.objects.create(
        seller=listing.seller, user=member.user, day=NOON.date(), orders=200, found_at=NOON
    )
    member.user.authenticator_set.create(type="totp", data={"secret": "TOTPSECRET"})
    cancel_requests.ask(order, note="please", actor=CHANNEL, now=NOON)
    Invitation.objects.create(
        seller=listing.seller,
        email=f"{uuid.uuid4()}@example.com",
        rights=["view"],
        invited_by=member.user,
        created_at=NOON,
        expires_at=NOON,
    )
    return order


def urls(model, record=None):
    label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"{label}_changelist") if record is None else reverse(f"{label}_change", args=[record.pk])


def act(client, model, action, records, **data):
    chosen = {"action": action, "_selected_action": [record.pk for record in records], **data}
    return client.post(urls(model), chosen, follow=True)


def text(response):
    return " ".join(response.content.decode().split())


def test_every_page_is_one_of_ours_and_opens(staff, root):
    fill()
    for model, client in itertools.product(MODELS, (staff, root)):
        assert isinstance(admin.site._registry[model], StaffPage)
        assert (model, client.get(urls(model)).status_code) == (model, 200)
        if admin.site._registry[model].search_fields:
            assert client.get(urls(model), {"q": "114-1"}).status_code == 200
        for record in model._default_manager.all()[:3]:
            response = client.get(urls(model, record))
            assert response.status_code == 200
            assert "TOTPSECRET" not in response.content.decode()


def test_signed_out_members_and_buyers_open_none():
    member, nobody = signed_in(MembershipFactory().user), Client()
    for model in MODELS:
        assert nobody.get(urls(model), follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
        assert (model, member.get(urls(model), follow=True).status_code) == (model, 403)


def forged(record):
    """A form that would set every field of a record to something else."""
    data = {"_save": "Save"}
    for field in record._meta.fields:
        value = getattr(record, field.attname)
        number = isinstance(value, int) and not isinstance(value, bool)
        data[field.name] = "1" if number else "" if value is True else "on"
    return data


NO_PARTS = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
EDITABLE = {
    "accounts.Marketplace",
    "accounts.SalesChannel",
    "accounts.Seller",
    "accounts.User",
    "accounts.Membership",
}


@pytest.mark.django_db(transaction=True)
def test_what_operations_write_nobody_edits_adds_or_deletes(root):
    fill(shipped=True)
    for model in MODELS:
        if model._meta.label not in EDITABLE:
            nobody_edits(root, model)


def nobody_edits(root, model):
    """A superuser changes, adds and deletes none of these."""
    before = list(model._default_manager.order_by("pk").values())
    assert before, model
    for record in model._default_manager.all():
        assert root.post(urls(model, record), forged(record)).status_code == 403
        if model._meta.label != "mfa.Authenticator":
            assert (
                root.post(urls(model, record).replace("/change/", "/delete/"), {"post": "yes"}).status_code
                == 403
            )
    if model._meta.label not in {"accounts.ChannelToken", "accounts.Invitation"}:
        assert root.post(urls(model) + "add/", {}).status_code == 403
    if model._meta.label != "mfa.Authenticator":
        act(root, model, "delete_selected", model._default_manager.all(), post="yes")
    # In the access log these very requests are added.
    after = model._default_manager.order_by("pk").values()[: len(before)]
    assert list(after) == before


@pytest.mark.parametrize("label", ["orders.Order", "inventory.StockMovement", "payments.Payment"])
def test_no_page_of_what_operations_write_has_an_input(root, label):
    fill()
    model = next(each for each in MODELS if each._meta.label == label)
    shown = root.get(urls(model, model._default_manager.first())).content.decode()
    assert 'name="_save"' not in shown
    assert "<select" not in shown.split('id="content"')[1]


def test_what_an_order_was_counted_with_does_not_change(root):
    market = fill().seller.marketplace
    before = Marketplace.objects.values("country", "time_zone", "currency", "slug").get(pk=market.pk)
    data = {
        "name": "New name",
        "country": "JP",
        "time_zone": "Asia/Tokyo",
        "currency": "JPY",
        "slug": "other",
        "buyer_cancel_minutes": 5,
        "authorisation_days": 5,
        "confirm_business_days": 7,
        "settlement_days": 14,
        "phone_days": 14,
        "personal_data_days": 30,
        "fee_basis_points": 1500,
        "refund_fee_kept_basis_points": 2000,
        "service_name": "Service",
        "service_email": "service@example.com",
    }
    assert root.post(urls(Marketplace, market), data).status_code == 302
    market.refresh_from_db()
    assert (market.name, market.buyer_cancel_minutes) == ("New name", 5)
    assert Marketplace.objects.values("country", "time_zone", "currency", "slug").get(pk=market.pk) == before


def test_staff_edit_a_seller_but_not_the_marketplace(staff):
    seller = SellerFactory()
    data = {
        "name": "Renamed",
        "plan": "individual",
        "ship_from": "1 Road",
        "slug": "stolen",
        "marketplace": 999,
    }
    assert staff.post(urls(Seller, seller), data).status_code == 302
    fresh = Seller.objects.get(pk=seller.pk)
    assert (fresh.name, fresh.plan, fresh.slug, fresh.marketplace) == (
        "Renamed",
        "individual",
        seller.slug,
        seller.marketplace,
    )
    assert staff.post(urls(Marketplace, seller.marketplace), {"name": "x"}).status_code == 403
    assert staff.get(urls(Seller) + "add/").status_code == 403


def test_staff_shut_somebody_out_but_make_nobody_staff(staff, root):
    user = UserFactory()
    data = {"is_staff": "on", "is_superuser": "on", "email": "new@example.com"}
    assert staff.post(urls(User, user), data | NO_PARTS).status_code == 302
    fresh = User.objects.get(pk=user.pk)
    assert (fresh.is_active, fresh.is_staff, fresh.is_superuser, fresh.email) == (
        False,
        False,
        False,
        user.email,
    )
    colleague = UserFactory(is_staff=True)
    assert staff.post(urls(User, colleague), {}).status_code == 403
    data = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert root.post(urls(User, user), data | NO_PARTS).status_code == 302
    fresh = User.objects.get(pk=user.pk)
    assert (fresh.is_active, fresh.is_staff, fresh.is_superuser) == (True, True, False)


def test_nobody_shuts_themselves_out(root):
    me = User.objects.get(is_superuser=True)
    assert root.post(urls(User, me), NO_PARTS).status_code == 302
    me.refresh_from_db()
    assert me.is_active
    assert me.is_staff


def test_a_membership_changes_by_the_teams_own_rule(root, staff):
    membership = MembershipFactory()
    assert root.post(urls(Membership, membership), {"rights": ["view"]}).status_code == 403
    assert staff.post(urls(Membership, membership), {"rights": list(Right.values)}).status_code == 403
    membership.refresh_from_db()
    assert membership.may(Right.SETTINGS)
    MembershipFactory(seller=membership.seller)
    assert root.post(urls(Membership, membership), {"rights": ["view"]}).status_code == 302
    membership.refresh_from_db()
    assert membership.rights == ["view"]


def test_a_token_is_issued_and_its_secret_shown_once(root, staff):
    channel = ChannelFactory()
    url = urls(ChannelToken) + "add/"
    assert staff.post(url, {"channel": channel.pk, "days": 30}).status_code == 403
    response = root.post(url, {"channel": channel.pk, "days": 30})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    token = ChannelToken.objects.get()
    secret = response.context["secret"]
    assert ChannelToken.objects.of_secret(secret).get() == token
    assert secret in text(response)
    assert secret not in text(root.get(urls(ChannelToken, token)))
    act(staff, ChannelToken, "revoke", [token])
    token.refresh_from_db()
    assert token.revoked_at is None
    assert "1 tokens revoked." in text(act(root, ChannelToken, "revoke", [token]))
    token.refresh_from_db()
    assert token.revoked_at


@pytest.mark.django_db(transaction=True)
def test_a_superuser_invites_a_new_sellers_first_member():
    root = signed_in(UserFactory(is_staff=True, is_superuser=True))
    seller = SellerFactory()
    data = {"seller": seller.pk, "email": "First@Example.com", "rights": list(Right.values)}
    assert root.post(urls(Invitation) + "add/", data).status_code == 302
    assert seller.invitations.get().email == "first@example.com"
    assert mail.outbox[0].to == ["first@example.com"]
    assert root.post(urls(Invitation) + "add/", data).status_code == 403


def test_a_lost_second_factor_is_taken_away_by_superusers_alone(root, staff):
    member = MembershipFactory().user
    lost = member.authenticator_set.create(type="totp", data={})
    url = urls(type(lost), lost).replace("/change/", "/delete/")
    assert staff.post(url, {"post": "yes"}).status_code == 403
    assert root.post(url, {"post": "yes"}).status_code == 302
    assert not member.authenticator_set.exists()


def test_the_marketplace_cancels_with_a_reason(staff):
    order = fill()
    asked = act(staff, Order, "cancel", [order])
    assert "Cancel these orders" in text(asked)
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED
    assert f"Done: {order.number}." in text(act(staff, Order, "cancel", [order], reason="pricing_error"))
    order.refresh_from_db()
    assert (order.canceled_by, order.cancel_reason) == ("marketplace", "pricing_error")
    event = order.events.get(kind="canceled")
    assert (event.actor.is_staff, event.source) == (True, "admin")


def test_staff_who_only_read_have_no_actions():
    """A1: each kind of work asks for its permission, which a superuser gives."""
    order, reader = fill(shipped=True), staff_steps.staff()
    asked, failed = CancelRequest.objects.first(), Refund.objects.first()
    before = list(Order.objects.values()), list(CancelRequest.objects.values()), list(Refund.objects.values())
    act(reader, Order, "cancel", [order], reason="pricing_error")
    act(reader, CancelRequest, "accept", [asked])
    act(reader, CancelRequest, "decline", [asked])
    act(reader, Refund, "try_again", [failed])
    act(reader, Refund, "undo", [failed])
    assert before == (
        list(Order.objects.values()),
        list(CancelRequest.objects.values()),
        list(Refund.objects.values()),
    )


def test_a_superuser_gives_staff_their_permissions(root, staff):
    """Nobody else does, and none of Django's own permissions can be given."""
    colleague = UserFactory(is_staff=True)
    ship = Permission.objects.get(codename=StaffPermission.SHIP)
    other = Permission.objects.get(codename="delete_order")
    data = {"is_active": "on", "is_staff": "on", **NO_PARTS}
    assert "Confirm shipment of orders" in text(root.get(urls(User, colleague)))
    assert staff.post(urls(User, colleague), data | {"user_permissions": [ship.pk]}).status_code == 403
    assert (
        root.post(urls(User, colleague), data | {"user_permissions": [ship.pk, other.pk]}).status_code == 200
    )
    assert not colleague.user_permissions.exists()
    assert root.post(urls(User, colleague), data | {"user_permissions": [ship.pk]}).status_code == 302
    assert list(colleague.user_permissions.all()) == [ship]


def test_a_reason_that_is_none_cancels_nothing(staff):
    order = fill()
    act(staff, Order, "cancel", [order], reason="because")
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED


@pytest.mark.django_db(transaction=True)
def test_of_several_orders_the_shipped_one_says_why_not():
    staff = staff_steps.staff(*StaffPermission)
    listing = ListingFactory()
    open_one, shipped = authorised((listing, 1)), ship(authorised((listing, 1)))
    shown = text(act(staff, Order, "cancel", [open_one, shipped], reason="general_adjustment"))
    assert f"Done: {open_one.number}." in shown
    assert f"{shipped.number}: This order is Shipped" in shown


@pytest.mark.parametrize(
    ("fulfilment", "action", "status", "state"),
    [
        (Fulfilment.AFN, "accept", "canceled", "accepted"),
        (Fulfilment.AFN, "decline", "unshipped", "declined"),
        (Fulfilment.MFN, "accept", "unshipped", "open"),
    ],
)
def test_requests_are_answered_for_what_the_marketplace_ships(staff, fulfilment, action, status, state):
    order = authorised((ListingFactory(fulfilment=fulfilment), 1))
    asked = cancel_requests.ask(order, note="", actor=CHANNEL, now=NOON)
    act(staff, CancelRequest, action, [asked])
    order.refresh_from_db()
    asked.refresh_from_db()
    assert (order.status, asked.state) == (status, state)


@pytest.mark.parametrize(
    "model", [Order, Listing, Payment, StockMovement, CancelRequest, Membership], ids=str
)
def test_a_list_asks_as_many_queries_for_one_record_as_for_three(staff, model):
    counts = []
    for records in (1, 2):
        for _ in range(records):
            fill()
        staff.get(urls(model))
        with CaptureQueriesContext(connection) as queries:
            staff.get(urls(model))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_list_counts_no_further_than_its_cap(staff, monkeypatch):
    monkeypatch.setattr("accounts.staff_pages.MOST_COUNTED", 1)
    fill()
    fill()
    with CaptureQueriesContext(connection) as queries:
        staff.get(urls(Order))
    counting = [
        query["sql"] for query in queries if "COUNT(" in query["sql"] and "orders_order" in query["sql"]
    ]
    assert counting
    assert all("LIMIT 1" in sql for sql in counting)


def test_orders_are_found_by_the_beginning_of_their_number(staff):
    order, other = fill(), fill()
    shown = text(staff.get(urls(Order), {"q": order.number[:11]}))
    assert order.number in shown
    assert other.number not in shown
    assert OrderEvent.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_orders_are_found_by_tracking_number_and_by_the_buyers_whole_email(staff):
    """A1: whoever sold the order; a part of an email finds nothing."""
    listing = ListingFactory()
    shipped, other = ship(authorised((listing, 1), buyer_email="Zoe@Example.org")), fill()
    shipped.packages.update(tracking_number="1Z 999-77")
    for text_asked, found in (("1z99977", True), ("zoe@example.ORG", True), ("zoe@", False), ("9977", False)):
        shown = text(staff.get(urls(Order), {"q": text_asked}))
        assert (shipped.number in shown, other.number in shown) == (found, False), text_asked
