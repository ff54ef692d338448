"""Alice may everything, Bob only answers buyers, Charlie works for another seller."""

import pytest
from django.test import Client

from accounts.models import Right
from tests.factories import MembershipFactory
from tests.notifications.steps import seller_of


@pytest.fixture
def listing():
    return seller_of()


@pytest.fixture
def seller(listing):
    return listing.seller


@pytest.fixture
def alice(seller):
    return _signed_in(seller.memberships.get(user__name="Alice"))


@pytest.fixture
def bob(seller):
    return _signed_in(MembershipFactory(seller=seller, user__name="Bob", rights=[Right.MESSAGE]))


@pytest.fixture
def carol(seller):
    """A colleague of Alice with all rights."""
    return _signed_in(MembershipFactory(seller=seller, user__name="Carol"))


@pytest.fixture
def charlie():
    return _signed_in(MembershipFactory(user__name="Charlie"))


def _signed_in(membership):
    client = Client()
    client.force_login(membership.user)
    client.member = membership
    return client
