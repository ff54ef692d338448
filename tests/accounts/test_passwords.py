"""Passwords that are easily guessed, the life of a reset link, and what signing out leaves in the browser."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import encryption
from accounts.models import User
from tests.factories import MembershipFactory, UserFactory

MARGARET = User(email="m@example.com", name="Margaret Hamilton")


@pytest.mark.parametrize(
    "password",
    [
        "margarethamilton",
        "MargaretHamilton1",
        "aaaaaaaaaaaa",
        "passsswoooord",
        "passwordpassword",
        "QwertyQwerty",
        "123456123456",
        "ppaasswwoorrdd",
    ],
)
def test_password_of_ones_own_name_or_of_repeated_letters_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, MARGARET)


@pytest.mark.parametrize("password", ["correct horse battery", "zebra lamp tulip", "Xk7vLq2pTz9w"])
def test_good_password_is_taken(password):
    validate_password(password, MARGARET)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "is_good"), [(3599, True), (3601, False)])
def test_reset_link_works_for_an_hour(monkeypatch, seconds, is_good):
    user = UserFactory()
    token = default_token_generator.make_token(user)
    made = default_token_generator._num_seconds(default_token_generator._now())
    monkeypatch.setattr(default_token_generator, "_num_seconds", lambda at: made + seconds)
    assert default_token_generator.check_token(user, token) is is_good


@pytest.mark.django_db
def test_sign_out_leaves_no_search_in_the_browser():
    client = Client()
    client.force_login(MembershipFactory().user)
    client.get("/orders/?q=Ada")
    kept = client.cookies["orders_place"].value
    assert "Ada" not in kept
    assert "q=Ada" in encryption.decrypt(kept)
    answer = client.post("/accounts/logout/")
    assert answer.cookies["orders_place"]["max-age"] == 0
    assert answer.cookies["orders_place"]["path"] == "/orders/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.django_db
def test_looking_at_the_question_whether_to_sign_out_clears_nothing():
    client = Client()
    client.force_login(MembershipFactory().user)
    assert "Clear-Site-Data" not in client.get("/accounts/logout/")
