"""Steps of the tests of many orders: picking, confirming, and a worker that does what was asked for."""

import uuid
from datetime import UTC, datetime

from batches import engine
from batches.models import Batch

DONE, REFUSED = "done", "refused"


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[-2000:]
    return " ".join(response.content.decode().split())


def numbers(*orders):
    return [order.number for order in orders]


def hidden(response, name):
    """What the page puts into a hidden field."""
    shown = response.content.decode()
    begin = shown.index(f'name="{name}" value="') + len(f'name="{name}" value="')
    return shown[begin : shown.index('"', begin)]


def worked(response):
    """The batch that the answer leads to, once a worker has done it."""
    assert response.status_code == 302, response.content.decode()[-2000:]
    batch = Batch.objects.get(key=response.url.rstrip("/").rsplit("/", 1)[-1])
    engine.work(batch.pk)
    batch.refresh_from_db()
    return batch


def results(batch):
    """{order number: (state, sentence)}"""
    return {row.subject: (row.state, row.sentence) for row in batch.rows.all()}


def line(order, seen=None, **changes):
    """The fields of one line of the grid."""
    plain = {
        "carrier": "UPS",
        "tracking_number": tracked(order),
        "service": "",
        "ship_date": "2026-11-20",
    }
    fields = {**plain, **changes}
    seen = seen or shown_of(order)
    return {f"{order.number}-{name}": value for name, value in fields.items()} | {
        f"{order.number}-seen": seen
    }


def tracked(order):
    """A tracking number of UPS for the order."""
    return f"T000{order.number[-7:]}"


def shown_of(order):
    """What a page that is made now remembers of the order."""
    units = [f"{item.pk}x{item.units_open}" for item in order.items.all() if item.units_open]
    return ":".join([str(order.events.last().pk), *units])


def grid(*orders, key=None, **changes):
    """The whole form as the page of these orders sends it."""
    fields = {"grid": "1", "confirm": "1", "key": str(key or uuid.uuid4()), "line": numbers(*orders)}
    for order in orders:
        fields |= line(order)
    return {**fields, **changes}


LATER = datetime(2026, 11, 20, 18, tzinfo=UTC)
