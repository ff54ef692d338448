"""Every page of the URLconf in Chinese: what is English on it is somebody's own words, or the name of a thing."""

import re
from zoneinfo import available_timezones

import pytest
from django.test import Client
from django.utils import translation

from reports import kinds
from reports.states import ReportKind
from tests.access import Visitor, World
from tests.factories import NOON
from tests.look.test_every_page import address, shown
from tests.test_translations import english

pytestmark = pytest.mark.django_db
SAID_BY_PEOPLE = """
    Zelda Quux Hidden Lane LAMP SHUT Brass lamp Thing Blue Harbor Springfield IL US Standard Example Marketplace Person
    Customer Service Where is it does go Dear English
"""
NAMES_OF_THINGS = """
    Enter token com MB KB CSV TSV XLSX XML PDF PNG GIF JPEG Excel RMA QR Authenticator authenticator txt xml
    buyer carrier order ship_by tracking shipping confirmation cancellation adjustments inventory prices
"""
ZONES = re.findall(r"[A-Za-z]+", " ".join(available_timezones()))
COLUMNS = re.findall(
    r"[A-Za-z]+", " ".join(name for kind in ReportKind.values for name in kinds.optional(kind))
)
KNOWN = {*SAID_BY_PEOPLE.split(), *NAMES_OF_THINGS.split(), *ZONES, *COLUMNS}
# A link in a mail opens in the language of the mail, whoever's browser it is.
OF_A_MAIL = ("notifications:confirm", "notifications:unsubscribe")


@pytest.fixture(autouse=True)
def _still(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)
    with translation.override("en"):
        yield


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_no_page_says_anything_in_english(language):
    world = World()
    client = Client()
    client.cookies.load(Visitor.of(world.owner).cookies)
    client.cookies["django_language"] = language
    told = {}
    for name in shown():
        page = client.get(address(world, name))
        assert page.status_code == 200, name
        if words := english(page.content.decode()) - KNOWN:
            told[name] = sorted(words)
    assert {name: words for name, words in told.items() if name not in OF_A_MAIL} == {}
    assert set(told) >= set(OF_A_MAIL), "English is found where there is some"
