"""An order of some months ago with a needle in every place that can hold words about its buyer."""

import uuid
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.actors import Actor
from accounts.models import Seller, User
from messaging import cases, threads
from messaging.attachments import Upload
from messaging.models import RefusedMail
from messaging.states import Reason, Why
from notifications.models import Notice
from orders import cancel_requests, lifecycle, notes
from orders.forms.desk import Question
from orders.models import Order, SavedView
from orders.states import CancelReason
from payments.models import Payment
from refunds import refunds, returns
from refunds.refunds import Ask
from reports.models import Feed, Report
from tests.factories import ListingFactory, MembershipFactory, SellerFactory, gift_item
from tests.helpers import SYSTEM, authorised
from tests.owner import acting_as_owner
from tests.personal_data.steps import DAY, LONG_AGO, shipped_long_ago

BUYER = Actor.buyer()
ORDER = {
    "buyer_name": "Quillon Needlename",
    "buyer_email": "needlemail@example.org",
    "buyer_company": "Needlecompany Ltd",
    "purchase_order_number": "NEEDLEPO-1",
    "recipient": "Needlerecipient",
    "address_1": "12 Needlestreet",
    "address_2": "Needlefloor",
    "address_3": "Needledoor",
    "city": "Needlecity",
    "state": "Needlestate",
    "postal_code": "NDL 4711",
    "delivery_instructions": "Needleporter",
}
WORDS = {
    "gift message": "Needlegift",
    "customization": "needlecustom.example",
    "tracking number": "1Z999AA10123456784",
    "private note": "Needlenote",
    "memo": "Needlememo",
    "cancel request": "Needlewish",
    "message of the buyer": "Needlemessage",
    "message of the seller": "Needlereply",
    "name of an attachment": "needlefile",
    "content of an attachment": "Needlebytes",
    "memo of a refund": "Needlerefundmemo",
    "note of a refund": "Needlerefundnote",
    "note of a return": "Needlereturn",
    "refused mail": "needlesender@example.org",
    "support case": "Needlecase",
    "search words of a view": "Needlesearch",
    "filter of a report": "Needlefilter",
    "file of a report": "Needlereportfile",
    "file of a feed": "Needlefeedfile",
    "remark on a feed": "Needleremark",
    "payment token": "pm_needletoken",
    "mail server's answer": "needlebounce@example.org",
    "session": "needlesession",
}
NEEDLES = {**ORDER, **WORDS}


def plant(folder: Path) -> Order:
    """Write all of it as the portal does, where that is possible; files lie in `folder`."""
    settings.MEDIA_ROOT = str(folder)
    seller = SellerFactory()
    member = MembershipFactory(seller=seller).user
    order = _order(seller)
    _after_sales(order, member)
    _talk(order, member)
    _elsewhere(order, seller)
    _in_files(seller, folder)
    order.refresh_from_db()
    return order


def _order(seller: Seller) -> Order:
    listing = ListingFactory(seller=seller)
    custom = "https://needlecustom.example/1.zip"
    gift = replace(gift_item(listing, 3), gift_message="Needlegift", customization_url=custom)
    order = authorised((listing, 1), now=LONG_AGO - DAY, items=(gift,), **ORDER)
    cancel_requests.ask(order, note="Needlewish", actor=BUYER, now=LONG_AGO)
    (item,) = order.items.all()
    reason = CancelReason.GENERAL_ADJUSTMENT
    lifecycle.cancel_units(order, {item.pk: 1}, reason=reason, actor=SYSTEM, now=LONG_AGO, memo="Needlememo")
    return shipped_long_ago(order)


def _after_sales(order: Order, member: User) -> None:
    actor = Actor.seller(member)
    notes.set(order, "Needlenote", actor, LONG_AGO)
    (item,) = order.items.all()
    words = {"memo": "Needlerefundmemo", "note": "Needlerefundnote", "reason": "general_adjustment"}
    refunds.request(order, [Ask(item.pk, 100)], key=uuid.uuid4(), actor=actor, now=LONG_AGO, **words)
    asked = {"reason": "no_longer_needed", "note": "Needlereturn", "key": uuid.uuid4()}
    returns.ask(order, {item.pk: 1}, actor=BUYER, now=LONG_AGO, **asked)


def _talk(order: Order, member: User) -> None:
    upload = Upload("needlefile.txt", b"Needlebytes")
    said = {"key": uuid.uuid4(), "now": LONG_AGO, "reason": Reason.OTHER}
    message = threads.receive(order, "Needlemessage", files=[upload], **said)
    said["key"] = uuid.uuid4()
    threads.write(order, "Needlereply", actor=Actor.seller(member), **said)
    RefusedMail.objects.create(
        at=LONG_AGO,
        why=Why.TEXT,
        sentence="No.",
        thread=message.thread,
        mail_from="needlesender@example.org",
        size=1,
    )
    actor = Actor.seller(member)
    cases.open_case(order.seller, order.number, "Needlecase", key=uuid.uuid4(), actor=actor, now=LONG_AGO)


def _elsewhere(order: Order, seller: Seller) -> None:
    view = SavedView.objects.create(seller=seller, name="Mine", query=Question(text="Needlesearch").query())
    SavedView.objects.filter(pk=view.pk).update(saved_at=LONG_AGO)
    Payment.objects.filter(order=order).update(token="pm_needletoken")
    Notice.objects.create(
        key="planted",
        kind="buyer_shipped",
        seller=seller,
        order=order,
        last_error="550 <needlebounce@example.org> unknown",
        created_at=LONG_AGO,
        next_try_at=LONG_AGO,
    )
    session = import_module(settings.SESSION_ENGINE).SessionStore
    session.get_model_class().objects.create(
        session_key="needlesession", session_data="", expire_date=LONG_AGO
    )


def _in_files(seller: Seller, folder: Path) -> None:
    for name in ("reports/1.txt", "feeds/1.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"Needle{name.split('s/')[0]}file")
    Report.objects.create(
        seller=seller,
        kind="new_orders",
        key=uuid.uuid4(),
        source="page",
        query="q=Needlefilter",
        state="done",
        file="reports/1.txt",
        created_at=LONG_AGO,
        finished_at=LONG_AGO,
        expires_at=LONG_AGO + 30 * DAY,
    )
    Feed.objects.create(
        seller=seller,
        key=uuid.uuid4(),
        file="feeds/1.txt",
        name="mine.txt",
        size=1,
        digest="0" * 64,
        state="failed",
        problem="Needleremark",
        uploaded_at=LONG_AGO,
        finished_at=LONG_AGO,
        claimed_until=LONG_AGO,
    )


def found(folder: Path) -> set[str]:
    """Return the places whose needle is anywhere in the database or in the files."""
    hay = f"{_dump()}\n{_files(folder)}".casefold()
    return {place for place, needle in NEEDLES.items() if needle.casefold() in hay}


def _dump() -> str:
    """Every row of every table, as PostgreSQL writes it; also of tables that the app's role can't read."""
    with acting_as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
        rows: list[str] = []
        for name in names:
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(name)} AS t")
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def _files(folder: Path) -> str:
    return "\n".join(
        f"{path} {path.read_bytes().decode('latin-1')}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )
