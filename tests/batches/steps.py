"""Steps of the tests of batches."""

import uuid

from accounts.actors import Actor
from batches import engine
from tests.factories import NOON, ListingFactory, MembershipFactory, SellerFactory


def listing_of(**changes):
    """A listing of which nothing is on hand."""
    return ListingFactory(**{"sku": "LAMP-1", "on_hand": 0, **changes})


def batch_of(listing, rows, kind="add", **changes):
    """A batch that puts on hand what the rows say: numbers, or whole data."""
    data = [row if isinstance(row, dict) else {"units": row} for row in rows]
    facts = {
        "seller": listing.seller,
        "kind": kind,
        "key": uuid.uuid4(),
        "actor": Actor.system(),
        "now": NOON,
    }
    return engine.create(rows=[(listing.sku, each) for each in data], **{**facts, **changes})


def member(*rights):
    """A member with these rights."""
    return MembershipFactory(seller=SellerFactory(), rights=list(rights))


def results(batch):
    """State and sentence of each row."""
    return list(batch.rows.values_list("state", "sentence"))
