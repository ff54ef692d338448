"""One seller on one marketplace, for all tests of payments."""

import pytest

from accounts.models import Seller
from tests.factories import SellerFactory


@pytest.fixture
def seller(db: None) -> Seller:
    return SellerFactory(marketplace__time_zone="America/Los_Angeles")
