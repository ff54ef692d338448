"""A sign-in ends half an hour after the last use; what an open page asks by itself is no use."""

import pytest
from django.utils import timezone

from config.sessions import SEEN
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
TEN_MINUTES = 600


@pytest.fixture
def desk(client):
    """A browser in which nobody has done anything for ten minutes."""
    client.force_login(MembershipFactory().user)
    last_used(client, TEN_MINUTES)
    return client


def last_used(client, seconds):
    session = client.session
    session[SEEN] = timezone.now().timestamp() - seconds
    session.save()


def unused_for(client):
    return timezone.now().timestamp() - client.session[SEEN]


def test_a_click_is_use(desk):
    desk.get("/orders/")
    assert unused_for(desk) < 60


@pytest.mark.parametrize("path", ["/orders/pulse/", "/orders/", "/reports/"])
def test_what_the_page_asks_by_itself_is_none(desk, path):
    assert desk.get(path, headers={"X-Unattended": "yes"}).status_code == 200
    assert unused_for(desk) >= TEN_MINUTES


def test_after_half_an_hour_it_asks_in_vain(desk):
    last_used(desk, 31 * 60)
    assert desk.get("/orders/pulse/", headers={"X-Unattended": "yes"}).status_code == 302
