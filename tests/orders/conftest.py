"""Who looks at a seller's orders in the tests of pages: Alice may everything, Bob only look, Charlie is a stranger."""

import pytest
from django.test import Client

from accounts.models import Right
from tests.factories import NOON, ListingFactory, MembershipFactory, SellerFactory


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
    return ListingFactory(seller=seller, sku="BTL-1", title="Blue bottle", on_hand=10)


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
