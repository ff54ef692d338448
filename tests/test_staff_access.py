"""Each page on which staff act, tried by everybody: its permission opens it, and nothing else does (A1, O21)."""

import pytest
from django.contrib import admin
from django.urls import get_resolver

from accounts.models import StaffPermission
from inventory.models import Fulfilment
from tests import staff_steps
from tests.access import Visitor
from tests.factories import NOON, MembershipFactory, UserFactory
from tests.staff_access import NOT_NOW, PAGES, Fulfilled

pytestmark = pytest.mark.django_db
OF_DJANGO = ("changelist", "add", "history", "delete", "change")


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


def visitor(client):
    return Visitor(client, {name: morsel.value for name, morsel in client.cookies.items()})


def answers(who, world):
    """{page: (GET, POST, whether the form changed a row)}"""
    found = {}
    for name in PAGES:
        (get, read), (post, rows) = (
            who.ask(method, world.address(name), world.data(name) if method == "post" else None)
            for method in ("get", "post")
        )
        assert not read, name
        found[name] = (get.status_code, post.status_code, rows > 0)
    return found


def test_every_page_of_the_admin_that_is_not_djangos_has_a_row():
    labels = [f"{model._meta.app_label}_{model._meta.model_name}_" for model in admin.site._registry]
    admin_urls = next(
        each for each in get_resolver().url_patterns if getattr(each, "namespace", "") == "admin"
    )
    names = {
        pattern.name for each in admin_urls.url_patterns for pattern in getattr(each, "url_patterns", [])
    }
    of_models = {name for name in names if name and any(name.startswith(label) for label in labels)}
    assert {name for name in of_models if name.rsplit("_", 1)[-1] not in OF_DJANGO} == set(PAGES)


@pytest.mark.parametrize("permission", [*StaffPermission, None])
def test_a_permission_opens_its_own_pages_alone(permission):
    client = staff_steps.staff(permission) if permission else staff_steps.staff()
    allowed = {name: (200, 409 if name in NOT_NOW else 302, name not in NOT_NOW) for name in PAGES}
    refused = (403, 403, False)
    assert answers(visitor(client), Fulfilled()) == {
        name: allowed[name] if PAGES[name] == permission else refused for name in PAGES
    }


def test_a_superuser_may_do_everything():
    who = Visitor.of(UserFactory(is_staff=True, is_superuser=True))
    posts = {name: (409, False) if name in NOT_NOW else (302, True) for name in PAGES}
    assert {name: found[1:] for name, found in answers(who, Fulfilled()).items()} == posts


def test_what_sellers_ship_is_refused_to_everybody():
    who = Visitor.of(UserFactory(is_staff=True, is_superuser=True))
    assert set(answers(who, Fulfilled(Fulfilment.MFN)).values()) == {(403, 403, False)}


def test_sellers_and_strangers_are_led_away():
    world = Fulfilled()
    owner = MembershipFactory(seller=world.listing.seller).user
    for who in (Visitor.of(owner), Visitor.of(None)):
        assert set(answers(who, world).values()) == {(302, 302, False)}
