"""The people and the clock of the pages of messages: Alice may everything, Bob only look, Charlie is a stranger."""

import pytest

from tests.helpers import authorised
from tests.orders.conftest import alice, at, bob, charlie, listing, seller

__all__ = ["alice", "at", "bob", "charlie", "listing", "seller"]


@pytest.fixture
def order(listing):
    return authorised((listing, 2))


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
