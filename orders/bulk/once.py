"""A form sent twice is one batch; another form with the same key is none, and says so (O14, O19)."""

import hashlib
import json
from typing import Any

from accounts.models import Seller
from batches.models import Batch

PARAM = "form"
"""Where a batch keeps the digest of the form that asked for it."""


def digest(said: Any) -> str:
    """The form in a few signs; what it says must be plain JSON. A batch keeps no buyer's name by it."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def is_same(batch: Batch, seller: Seller, kind: str, form: str) -> bool:
    """Whether this very form of this seller asked for the batch; never so of a key that was used for something else."""
    return (batch.seller_id, batch.kind, batch.params.get(PARAM)) == (seller.pk, kind, form)
