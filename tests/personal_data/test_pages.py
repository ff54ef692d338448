"""Every page of an order whose buyer's data was deleted still works, and says so in one sentence (D1)."""

import uuid
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.actors import Actor
from messaging import inbound, relay, threads
from messaging.models import RefusedMail, Thread
from messaging.refusals import NotNow
from messaging.states import Reason, Why
from notifications import envelope, notices
from notifications.models import Notice
from orders import buyer_links, notes, packages, personal_data_end
from orders.models import OrderNote
from orders.personal_data_end import DataDeleted
from refunds.models import Refund
from tests.factories import UserFactory
from tests.personal_data import planted
from tests.personal_data.steps import DAY
from tests.refunds.steps import ask, refund, sent
from tests.reports.steps import asked, cells, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    order = planted.plant(tmp_path)
    call_command("purge_personal_data", stdout=StringIO())
    order.refresh_from_db()
    return order


@pytest.fixture
def sentence(order):
    return f"personal data was deleted on {personal_data_end.deleted_on(order)}."


@pytest.fixture
def member(order):
    client = Client()
    client.force_login(order.seller.memberships.get().user)
    return client


def shown(answer):
    content = answer.content.decode()
    assert [needle for needle in planted.NEEDLES.values() if needle.lower() in content.lower()] == []
    return content


def test_order_page_says_so(order, member, sentence):
    page = shown(member.get(reverse("orders:detail", args=[order.number])))
    assert sentence in page
    assert reverse("orders:packing_slip", args=[order.number]) not in page


def test_list_says_so_in_place_of_the_name(order, member):
    page = shown(member.get(reverse("orders:list"), {"tab": "shipped"}))
    assert (order.number in page, "Deleted" in page) == (True, True)


@pytest.mark.parametrize("typed", ["Quillon", "buyer: Quillon Needlename", "1Z999AA10123456784"])
def test_order_is_not_found_by_what_was_deleted(order, member, typed):
    page = member.get(reverse("orders:list"), {"tab": "all", "q": typed}).content.decode()
    assert order.number not in page


def test_order_is_found_by_number_and_sku(order, member):
    for typed in (order.number, order.items.get().sku):
        assert order.number in member.get(reverse("orders:list"), {"tab": "all", "q": typed}).content.decode()


def test_slip_is_refused(order, member, sentence):
    answer = member.get(reverse("orders:packing_slip", args=[order.number]))
    assert (answer.status_code, sentence in shown(answer).replace("&#x27;", "'")) == (404, True)
    many = member.post(reverse("orders:print_slips"), {"order": order.number})
    assert many["Content-Type"].startswith("text/html")


def test_buyer_cannot_be_written_to(order, member, sentence):
    address = reverse("messaging:order", args=[order.number])
    assert sentence in shown(member.get(address)).replace("&#x27;", "'")
    with pytest.raises(NotNow, match="was deleted on"):
        threads.receive(order, "Hello", reason=Reason.OTHER, key=uuid.uuid4(), now=clock.now())
    shown(member.get(reverse("messaging:list")))


def test_buyer_who_cannot_be_answered_any_more_is_no_warning(order):
    Thread.objects.update(reply_due_at=order.shipped_at)
    assert not Thread.objects.waiting().exists()
    assert not Thread.objects.get().is_waiting


def test_mail_to_its_addresses_is_refused(order):
    raw = b"From: needlemail@example.org\r\nSubject: x\r\nMessage-ID: <1@example.org>\r\n\r\nHello"
    now = clock.now()
    answer = inbound.take(
        raw, mail_from="needlemail@example.org", rcpt_to=relay.order_address(order), now=now
    )
    assert isinstance(answer, RefusedMail)
    assert answer.why == Why.EXPIRED
    assert list(Thread.objects.values_list("buyer_alias", flat=True)) == [f"deleted{Thread.objects.get().pk}"]


def test_nothing_more_is_noted(order, member):
    actor, now = Actor.seller(UserFactory()), clock.now()
    with pytest.raises(DataDeleted):
        notes.set(order, "Again", actor, now)
    member.post(reverse("orders:note", args=[order.number]), {"text": "Again"})
    with pytest.raises(DataDeleted):
        packages.edit(order.packages.get(), packages.Parcel(order.placed_on, "UPS"), actor=actor, now=now)
    for words in ({"memo": "Sorry"}, {"note": "Sorry"}):
        with pytest.raises(DataDeleted):
            refund(order, now=now, **words)
    assert not OrderNote.objects.exists()


def test_refund_still_goes_out_but_no_mail(order):
    now = clock.now()
    before = Refund.objects.count()
    assert sent(refund(order, ask(order, 50), now=now), now).state == "done"
    while notices.write_due(now):
        pass
    written = Notice.objects.filter(kind="buyer_refund")
    assert written
    for notice in written:
        with pytest.raises(envelope.NotWanted):
            envelope.message(notice)
    assert Refund.objects.count() == before + 1


def test_buyers_own_page_says_so(order, sentence, monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: order.personal_data_expires_at)
    page = shown(Client().get(buyer_links.path_for(order)))
    assert f"Your {sentence}" in page


def test_report_leaves_the_buyers_columns_blank(order):
    now = clock.now()
    days = {"days": None, "first_day": order.placed_on, "last_day": order.placed_on, "now": now + DAY}
    report = made(asked(order.seller, "all_by_order_date", **days))
    (row,) = cells(report)
    assert row["order-id" if "order-id" in row else "amazon-order-id"] == order.number
    assert not set(row.values()) & set(planted.NEEDLES.values())


@pytest.mark.parametrize("name", ["orders_order", "messaging_thread"])
def test_staff_page_opens(order, name):
    root = Client()
    root.force_login(UserFactory(is_staff=True, is_superuser=True))
    pk = order.pk if name == "orders_order" else Thread.objects.get().pk
    answer = root.get(reverse(f"admin:{name}_change", args=[pk]))
    assert answer.status_code == 200
    shown(answer)
