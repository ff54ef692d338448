"""A sign-in ends half an hour after its last use, and twelve hours after its first (reliability A5)."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from accounts.models import User

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def who(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in" if request.user.is_authenticated else "out")


urlpatterns = [path("who", who)]


@pytest.fixture
def member(client: Client) -> Client:
    person = User(email="a@example.com")
    person.save()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seen(client: Client, *minutes: float) -> list[str]:
    """What each visit reads, so many minutes after noon."""
    said = []
    with override_settings(ROOT_URLCONF=__name__), time_machine.travel(NOON, tick=False) as clock:
        for minute in minutes:
            clock.move_to(NOON.timestamp() + minute * 60)
            said.append(client.get("/who").content.decode())
    return said


@pytest.mark.django_db
def test_half_an_hour_unused_ends_it(member: Client) -> None:
    assert seen(member, 0, 30, 60, 90.1, 91) == ["in", "in", "in", "out", "out"]


@pytest.mark.django_db
def test_twelve_hours_end_it_though_used_all_the_time(member: Client) -> None:
    minutes = [*range(0, 721, 20), 720.1]
    assert seen(member, *minutes) == ["in"] * 37 + ["out"]
