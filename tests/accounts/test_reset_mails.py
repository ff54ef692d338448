"""Mails of the password reset."""

import pytest
from django.core import mail

pytestmark = pytest.mark.django_db


def test_reset_of_an_unknown_address_mails_nobody(client):
    answer = client.post("/accounts/password/reset/", {"email": "stranger@example.com"})
    assert answer.status_code == 302
    assert mail.outbox == []
