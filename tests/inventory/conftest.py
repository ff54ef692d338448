"""Who looks at a seller's listings: Alice may everything, Bob only look, Charlie is a stranger."""

import pytest
from django.test import Client

from accounts.models import Right
from tests.factories import NOON, MembershipFactory, SellerFactory
from tests.inventory.test_rebuild import stocked


@pytest.fixture
def at(monkeypatch):
    """Set the database's clock; it stands at noon."""

    def set_to(moment):
        monkeypatch.setattr("accounts.clock.now", lambda: moment)

    set_to(NOON)
    return set_to


@pytest.fixture
def seller():
    return SellerFactory(name="Blue Harbor")


@pytest.fixture
def listing(seller):
    return stocked(10, seller=seller, sku="BTL-1", asin="B000000001", title="Blue bottle")


@pytest.fixture
def alice(seller):
    return _signed_in(MembershipFactory(seller=seller, user__name="Alice"))


@pytest.fixture
def bob(seller):
    return _signed_in(MembershipFactory(seller=seller, user__name="Bob", rights=[Right.VIEW]))


@pytest.fixture
def charlie():
    return _signed_in(MembershipFactory(user__name="Charlie"))


def _signed_in(membership):
    client = Client()
    client.force_login(membership.user)
    return client
