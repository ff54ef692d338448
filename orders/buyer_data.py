"""Everything that the portal knows of one buyer: to hand it out, or to delete it before its time, on request (D3).

Both go by the register: what is declared personal there is exported and erased, nothing else.
"""

import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts import personal_data_register as register
from accounts.actors import Actor
from accounts.personal_data_register import Table
from orders import personal_data_end
from orders.models import Order
from orders.models.order import OrderQuerySet
from orders.refusals import Refused
from orders.states import OrderStatus

ALWAYS = ("number", "placed_at", "status", "currency", "total", "country")
ENDED = (OrderStatus.SHIPPED, OrderStatus.CANCELED)


def orders_of(*, number: str = "", email: str = "") -> OrderQuerySet:
    """Return the orders under a number, or those that this address ordered, whichever seller's they are."""
    if number:
        return Order.objects.filter(number=number)
    return Order.objects.alias(address=Lower("buyer_email")).filter(address=email.strip().lower())


def why_not_erased(order: Order) -> str:
    """Say why an order's data can't be deleted now; empty where it can."""
    if order.personal_data_deleted_at:
        return personal_data_end.sentence(order)
    if order.status not in ENDED:
        return _("The order is still open: it can't be fulfilled without the buyer's data.")
    if order.personal_data_hold_reason:
        words = {"reason": order.personal_data_hold_reason}
        return _("The law asks to keep this order's data: %(reason)s") % words
    return ""


@transaction.atomic
def erase(order: Order, *, actor: Actor, now: datetime) -> None:
    """Delete the buyer's data of one order before its time, in the same way as when that is over.

    Raises Refused for an open order, one that is kept for a reason of the law, or one that is erased already.
    """
    order = Order.objects.lock(order.pk)
    if why := why_not_erased(order):
        raise Refused(why)
    if order.personal_data_expires_at is None or order.personal_data_expires_at > now:
        order.personal_data_expires_at = now
        order.save(update_fields=["personal_data_expires_at"])
    personal_data_end.delete(order, actor=actor, now=now)


def export(orders: Sequence[Order], file: IO[bytes]) -> None:
    """Write a ZIP with `data.json`, one entry for each order, and the attachments in `files/`."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        told = [_told(order, archive) for order in orders]
        text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", text)


def _told(order: Order, archive: zipfile.ZipFile) -> dict[str, Any]:
    about: dict[str, Any] = {name: getattr(order, name) for name in ALWAYS}
    for model, table in register.of_buyers().items():
        rows = model._base_manager.filter(**{table.of_order: order.pk}).order_by("pk")
        if found := [_row(row, table, order, archive) for row in rows]:
            about[str(model._meta.label)] = found
    return about


def _row(row: models.Model, table: Table, order: Order, archive: zipfile.ZipFile) -> dict[str, Any]:
    """Return the personal columns of a row; its file goes into the archive, and its place there stands for it."""
    told = {name: getattr(row, name) for name in table.of_buyer() if name not in table.files.split()}
    for name in table.files.split():
        stored = str(getattr(row, name))
        told[name] = f"files/{order.number}/{row.pk}{PurePosixPath(told.get('name', '')).suffix}"
        with default_storage.open(stored) as content:
            archive.writestr(told[name], content.read())
    return told
