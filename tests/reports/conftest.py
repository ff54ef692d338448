"""Files of reports lie in a folder of the test's own."""

import pytest

from tests.orders.conftest import alice, at, bob, charlie, listing, seller

__all__ = ["alice", "at", "bob", "charlie", "listing", "seller"]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
