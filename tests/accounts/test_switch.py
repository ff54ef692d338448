"""Switching between sellers, keeping the language, and the second factor where it is required."""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def sellers(user):
    return [MembershipFactory(user=user).seller for _ in range(2)]


def seller_of(client):
    return client.get("/settings/team/").wsgi_request.seller


def test_the_chosen_seller_stays_chosen(user, sellers):
    client = signed_in(user)
    assert seller_of(client) == sellers[0]
    response = client.post("/settings/seller/", {"seller": sellers[1].pk})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert seller_of(client) == sellers[1]


def test_once_removed_from_the_chosen_seller_the_other_is_worked_for(user, sellers):
    client = signed_in(user)
    client.post("/settings/seller/", {"seller": sellers[1].pk})
    user.memberships.filter(seller=sellers[1]).delete()
    assert seller_of(client) == sellers[0]


@pytest.mark.parametrize("bad", ["stranger", "", "x", "0", "-1", "1e3", "٣", "9" * 30, "1 OR 1=1"])
def test_a_strangers_seller_is_not_found(user, sellers, bad):
    pk = MembershipFactory().seller_id if bad == "stranger" else bad
    client = signed_in(user)
    assert client.post("/settings/seller/", {"seller": pk}).status_code == 404
    assert seller_of(client) == sellers[0]


def test_switching_needs_a_sign_in_and_a_post(user, sellers):
    response = Client().post("/settings/seller/", {"seller": sellers[0].pk})
    assert response["Location"].startswith("/accounts/login/")
    assert signed_in(user).get("/settings/seller/").status_code == 405


def test_the_language_is_kept_with_the_account(user):
    signed_in(user).post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    user.refresh_from_db()
    assert user.language == "zh-hans"
    signed_in(user).post("/i18n/setlang/", {"language": "xx", "next": "/"})
    signed_in(user).get("/i18n/setlang/", {"language": "en"})
    user.refresh_from_db()
    assert user.language == "zh-hans"
    assert Client().post("/i18n/setlang/", {"language": "en", "next": "/"}).status_code == 302


def test_the_language_comes_back_at_the_next_sign_in(user):
    User.objects.filter(pk=user.pk).update(language="zh-hant")
    client = Client()
    data = {"login": user.email, "password": "correct horse battery"}
    assert client.post("/accounts/login/", data).cookies["django_language"].value == "zh-hant"


def test_after_choosing_a_language_the_way_on_stays_on_the_site(user):
    response = signed_in(user).post("/i18n/setlang/", {"language": "en", "next": "https://evil.example/"})
    assert "evil" not in response["Location"]


@pytest.mark.parametrize("who", ["member", "staff"])
def test_where_two_factors_are_required_one_is_led_to_set_them_up(settings, who):
    settings.REQUIRE_MFA = True
    person = MembershipFactory().user if who == "member" else UserFactory(is_staff=True)
    client = signed_in(person)
    for url in ("/settings/team/", "/admin/"):
        assert client.get(url)["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/accounts/password/change/").status_code == 200
    piece = client.get("/settings/team/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece["HX-Redirect"]) == (200, "/accounts/2fa/totp/activate/")
    person.authenticator_set.create(type="totp", data={})
    assert client.get("/settings/team/").status_code == (200 if who == "member" else 404)


def test_buyers_and_signed_out_people_need_no_second_factor(settings):
    settings.REQUIRE_MFA = True
    assert Client().get("/buyer/x/").status_code == 404
    assert Client().get("/accounts/login/").status_code == 200
    assert signed_in(UserFactory()).get("/settings/team/").status_code == 404
