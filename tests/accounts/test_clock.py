"""The database's clock is the one that rules are judged by."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from accounts import clock

pytestmark = pytest.mark.django_db


def test_it_is_in_utc_and_near_this_machine_s():
    moment = clock.now()
    assert moment.utcoffset() == timedelta(0)
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=5)


def test_it_moves_on_inside_a_transaction():
    with transaction.atomic():
        first, second = clock.now(), clock.now()
    assert first < second


def test_a_web_server_with_a_wrong_clock_changes_nothing():
    before = clock.now()
    with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC), tick=True):
        during = clock.now()
    assert before < during < before + timedelta(minutes=5)


def test_it_is_in_utc_whatever_zone_the_session_has():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Tokyo'")
        moment = clock.now()
    assert moment.tzinfo is UTC
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=5)
