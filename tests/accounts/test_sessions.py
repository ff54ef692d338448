"""The devices a person is signed in on: each can be signed out, and what has ended is forgotten."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from config.schedule import SCHEDULE
from orders import tasks
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
LIST = "/accounts/sessions/"


@pytest.fixture
def user():
    return MembershipFactory().user


def signed_in(user, device="Firefox"):
    client = Client(headers={"User-Agent": device})
    client.post("/accounts/login/", {"login": user.email, "password": "correct horse battery"})
    return client


def is_in(client):
    return client.get("/").status_code == 200


def end(client, session):
    return client.post(f"/settings/sessions/{session.pk}/end/")


def test_one_device_is_signed_out_and_the_others_stay(user):
    here, laptop, phone = (signed_in(user, device) for device in ("Here", "Laptop", "Phone"))
    shown = here.get(LIST).content.decode()
    assert [device in shown for device in ("Here", "Laptop", "Phone")] == [True] * 3
    response = end(here, UserSession.objects.get(user_agent="Laptop"))
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert [is_in(client) for client in (here, laptop, phone)] == [True, False, True]
    assert "Laptop" not in here.get(LIST).content.decode()


def test_all_other_devices_are_signed_out_at_once(user):
    here, laptop, phone = (signed_in(user, device) for device in ("Here", "Laptop", "Phone"))
    here.post(LIST)
    assert [is_in(client) for client in (here, laptop, phone)] == [True, False, False]


def test_this_device_is_signed_out_by_its_own_page(user):
    here = signed_in(user)
    assert end(here, UserSession.objects.get())["Location"] == "/accounts/logout/"
    assert is_in(here)


def test_nobody_signs_another_person_out(user):
    theirs, stranger = signed_in(user), signed_in(MembershipFactory().user)
    session = UserSession.objects.get(user=user)
    assert end(stranger, session).status_code == 404
    assert Client().post(f"/settings/sessions/{session.pk}/end/")["Location"].startswith("/accounts/login/")
    assert stranger.get(f"/settings/sessions/{session.pk}/end/").status_code == 405
    assert is_in(theirs)


def test_job_forgets_sessions_that_have_ended_with_their_devices(user):
    for device in ("Old", "New"):
        signed_in(user, device)
    old = UserSession.objects.get(user_agent="Old").session_key
    Session.objects.filter(pk=old).update(expire_date=timezone.now() - timedelta(seconds=1))
    tasks.delete_personal_data()
    assert list(UserSession.objects.values_list("user_agent", flat=True)) == ["New"]
    assert Session.objects.count() == 1
    assert any(entry["task"] == "orders.tasks.delete_personal_data" for entry in SCHEDULE.values())
