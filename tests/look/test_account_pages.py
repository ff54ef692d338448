"""Signing in, one's own account, and errors: accessible, fitting the phone, within the policy."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.template.loader import render_to_string
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import UserFactory

PASSWORD = "correct horse battery"
ENTRANCES = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]
ACCOUNT = [
    "account_email",
    "account_change_password",
    "mfa_index",
    "usersessions_list",
    "account_reauthenticate",
    "account_logout",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.look.urls"),
    pytest.mark.django_db(transaction=True),
]
Faults = Callable[[Page], list[str]]


def sign_in(page: Page, live_server: Any) -> User:
    """Sign in by the form, as a person would."""
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live_server.url}/")
    return user


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_entrances(page: Page, live_server: Any, faults: Faults, theme: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    for name in ENTRANCES:
        page.goto(live_server.url + reverse(name))
        assert (name, faults(page)) == (name, [])


def test_a_wrong_password_is_told_beside_the_form(page: Page, live_server: Any, faults: Faults) -> None:
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    assert faults(page) == []


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_pages_of_ones_own_account(page: Page, live_server: Any, faults: Faults, theme: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    sign_in(page, live_server)
    for name in ACCOUNT:
        page.goto(live_server.url + reverse(name))
        assert (name, faults(page)) == (name, [])


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_two_factor_sign_in_from_switching_on_to_the_codes(
    page: Page, live_server: Any, faults: Faults, settings: Any, theme: str
) -> None:
    settings.MFA_TOTP_TOLERANCE = 1  # a new code may fall due between reading and typing
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("mfa_activate_totp"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Activate Authenticator App")).to_be_visible()
    assert faults(page) == []
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").fill(totp.format_hotp_value(_code(secret)))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_label("Unused codes")).to_be_visible()
    assert faults(page) == []
    page.goto(live_server.url + reverse("mfa_index"))
    assert faults(page) == []
    page.get_by_role("link", name="Deactivate").click()
    assert faults(page) == []


def _code(secret: str) -> int:
    return totp.hotp_value(secret, sorted(totp.yield_hotp_counters_from_time())[1])


def test_the_language_switch_comes_back_to_the_page(page: Page, live_server: Any) -> None:
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_title("Language").click()
    page.get_by_role("button", name="简体中文").click()
    expect(page).to_have_url(live_server.url + reverse("account_login"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_an_error_page_needs_no_request(status: int) -> None:
    assert f">{status}<" in render_to_string(f"{status}.html", {"sentence": "No."})
