"""docs/security/: a row for each requirement, with a proof that exists: a test, a setting, a duty of the operator."""

import re
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from allauth.account import app_settings
from django.conf import global_settings, settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase

from accounts.portal_words import WORDS
from messaging import attachments, mail_parts, pdf_rewriter
from messaging.pdfs import SECONDS
from orders.entry.order_report import ROWS_AT_MOST
from reports.feeds.files.reading import MOST_BYTES
from reports.making import OPEN_AT_MOST
from tests.test_docs import OPERATIONS, SETTINGS
from tests.test_rules import NAMED, NODE, ROOT, names_in

FOLDER = ROOT / "docs" / "security"
ROW = re.compile(r"^\| (\d+(?:\.\d+)+) \| (.*) \| (.*) \| (.*) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+\.md)(?:#([^)]+))?\)")
MEGABYTE = 1024 * 1024
KNOWN = {*SETTINGS, *re.findall(r"^#?([A-Z_]+)=", (ROOT / "ops" / "env.example").read_text(), re.MULTILINE)}

# Requirements of levels 1 and 2 in OWASP ASVS 5.0.0, chapter by chapter and section by section: 253. The numbers of
# level 3 are left out, so a section need not be without gaps.
ASVS = """
1.1: 1-2; 1.2: 1-9; 1.3: 1-11; 1.4: 1-3; 1.5: 1-2
2.1: 1-3; 2.2: 1-3; 2.3: 1-4; 2.4: 1
3.2: 1-2; 3.3: 1-4; 3.4: 1-6; 3.5: 1-5; 3.7: 1-2
4.1: 1-3; 4.2: 1; 4.3: 1-2; 4.4: 1-4
5.1: 1; 5.2: 1-3; 5.3: 1-2; 5.4: 1-3
6.1: 1-3; 6.2: 1-12; 6.3: 1-4; 6.4: 1-4; 6.5: 1-5; 6.6: 1-3; 6.8: 1-4
7.1: 1-3; 7.2: 1-4; 7.3: 1-2; 7.4: 1-5; 7.5: 1-2; 7.6: 1-2
8.1: 1-2; 8.2: 1-3; 8.3: 1; 8.4: 1
9.1: 1-3; 9.2: 1-4
10.1: 1-2; 10.2: 1-2; 10.3: 1-4; 10.4: 1-11; 10.5: 1-5; 10.6: 1-2; 10.7: 1-3
11.1: 1-2; 11.2: 1-3; 11.3: 1-3; 11.4: 1-4; 11.5: 1; 11.6: 1
12.1: 1-3; 12.2: 1-2; 12.3: 1-4
13.1: 1; 13.2: 1-5; 13.3: 1-2; 13.4: 1-5
14.1: 1-2; 14.2: 1-4; 14.3: 1-3
15.1: 1-3; 15.2: 1-3; 15.3: 1-7
16.1: 1; 16.2: 1-5; 16.3: 1-4; 16.4: 1-3; 16.5: 1-3
17.1: 1; 17.2: 1-4; 17.3: 1-2
"""


class NoSessions(SessionBase):
    """A store in which no key is taken."""

    def exists(self, session_key: str) -> bool:
        return False


def rows(page: str) -> list[tuple[str, str, str, str]]:
    """The requirements of a page: number, what is asked, how it is met, the proof."""
    text = (FOLDER / page).read_text()
    return [(row[1], row[2], row[3], row[4]) for row in ROW.finditer(text)]


def numbers(table: str) -> list[str]:
    """Read `1.2: 1-3, 5; …` as 1.2.1, 1.2.2, 1.2.3, 1.2.5."""
    found = []
    for section in re.split(r"[;\n]", table.strip()):
        name, _colon, spans = section.partition(":")
        for span in spans.split(","):
            first, _dash, last = span.strip().partition("-")
            found += [f"{name.strip()}.{n}" for n in range(int(first), int(last or first) + 1)]
    return found


def test_each_requirement_of_levels_one_and_two_has_one_row() -> None:
    asked = numbers(ASVS)
    assert len(asked) == 253
    assert [number for number, *_rest in rows("asvs.md")] == asked


def test_each_requirement_of_amazon_has_one_row() -> None:
    found = [number for number, *_rest in rows("data-protection.md")]
    assert len(found) == len(set(found))
    sections = {".".join(number.split(".")[:2]) for number in found}
    assert sections == {*(f"1.{n}" for n in range(1, 9)), *(f"2.{n}" for n in range(1, 8)), "3.1", "3.2"}


def faults(number: str, asked: str, how: str, proof: str) -> list[str]:
    """Return what is wrong with a row. In the words of a duty, other names may be quoted."""
    named, before_duty = NAMED.findall(proof), NAMED.findall(proof.partition("Operator:")[0])
    tests = [name for name in named if name.startswith("tests/")]
    found = [f"{name} is no test" for name in tests if not NODE.match(name) or not exists(name)]
    found += [f"{name} is no setting" for name in before_duty if name not in tests and name not in KNOWN]
    if not (tests or set(named) & KNOWN or "Operator: " in proof):
        found.append("no proof")
    if min(len(asked), len(how)) < 4 or re.search(r"\b(fails?|todo)\b", how.lower()):
        found.append("it doesn't say how")
    if how.startswith("not applicable") and len(how) < len("not applicable: no TLS"):
        found.append("it doesn't say why")
    return [f"{number}: {each}" for each in found]


@cache
def exists(node: str) -> bool:
    """Whether there is such a test."""
    module, _colons, name = node.partition("::")
    return (ROOT / module).is_file() and name in names_in(ROOT / module)


@pytest.mark.parametrize("file", ["asvs.md", "data-protection.md"])
def test_each_row_names_a_test_a_setting_or_a_duty_of_the_operator(file: str) -> None:
    assert [fault for row in rows(file) for fault in faults(*row)] == []


@pytest.mark.parametrize(
    ("how", "proof"),
    [
        ("met", "`tests/test_rules.py::test_each_rule_has_one_row`"),
        ("by a guard that fails", "`tests/test_rules.py::test_each_rule_has_one_row`"),
        ("by a guard", ""),
        ("by a guard", "met"),
        ("by a guard", "`tests/test_rules.py::test_that_nobody_wrote`"),
        ("by a guard", "`NO_SUCH_SETTING`"),
        ("not applicable", "`SECRET_KEY`"),
    ],
)
def test_row_without_a_proof_is_noticed(how: str, proof: str) -> None:
    assert faults("1.1.1", "something", how, proof)
    assert faults("1.1.1", "something", "by a guard", "`SECRET_KEY`") == []


def headings(text: str) -> set[str]:
    """The parts of a page as links name them."""
    lines = [line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("#")]
    return {re.sub(r"[^a-z0-9 -]", "", line).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("file", sorted(file.name for file in FOLDER.glob("*.md")))
def test_pages_are_linked_and_link_to_what_exists(file: str) -> None:
    for source, way in (("docs/README", ""), ("docs/operations", ""), ("SECURITY", "docs/")):
        assert f"]({way}security/{file}" in (ROOT / f"{source}.md").read_text(), source
    for target, part in LINK.findall((FOLDER / file).read_text()):
        assert not part or part in headings((FOLDER / target).read_text()), (target, part)
        assert (FOLDER / target).is_file()


CONTROLS = (FOLDER / "controls.md").read_text()


@pytest.mark.parametrize(
    "words",
    [
        *(f"`{kind}`" for kind in attachments.ENDINGS),
        f"{attachments.MOST} files, {attachments.LARGEST // MEGABYTE} MB together",
        f"text {attachments.LONGEST_TEXT // 1000} kB",
        f"{mail_parts.LARGEST // MEGABYTE} MB a mail",
        f"{MOST_BYTES // MEGABYTE} MB",
        f"{ROWS_AT_MOST:,} rows",
        f"{OPEN_AT_MOST} open reports",
        f"{pdf_rewriter.MEMORY // MEGABYTE} MB, 8 s of processor time, {SECONDS} s",
        f"{settings.SESSION_IDLE_SECONDS // 60} minutes without use",
        f"{timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS) // timedelta(hours=1)} hours in all",
        f"{app_settings.REAUTHENTICATION_TIMEOUT // 60} minutes.",
        f"{PBKDF2PasswordHasher.iterations:,} rounds",
        f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields",
        ", ".join(sorted(WORDS)),
        *(
            f"`{name}`"
            for name in SETTINGS
            if name.endswith(("_URL", "_KEY", "_SECRET", "_BASE")) and name != "PUBLIC_BASE_URL"
        ),
    ],
)
def test_pages_of_controls_say_what_the_code_has(words: str) -> None:
    assert words in re.sub(r"\s+", " ", CONTROLS)


def test_what_does_not_apply_is_not_installed() -> None:
    """Rows that call something not applicable name this test: the portal has no part that it could apply to."""
    locked = set(
        re.findall(
            r"^([a-z0-9._-]+)(?:\[.*?\])?==", (ROOT / "requirements" / "base.txt").read_text(), re.MULTILINE
        )
    )
    assert {"django", "celery", "stripe"} <= locked
    absent = (
        "oauth|openid|saml|ldap|jwt|jwcrypto|authlib|graphene|graphql|strawberry|ariadne|websocket|daphne"
    )
    absent += "|channels|aiortc|pymemcache|pylibmc|memcached|latex|jpype|twilio"
    assert [name for name in locked if re.search(absent, name)] == []
    apps = [name for name in settings.INSTALLED_APPS if name.startswith("allauth")]
    assert apps == ["allauth", "allauth.account", "allauth.mfa", "allauth.usersessions"]
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_scripts_of_the_portal_use_nothing_that_rows_call_absent() -> None:
    """No sockets, no messages between windows, no markup from text; what is stored is two choices of display."""
    scripts = {file.name: file.read_text() for file in (ROOT / "static" / "js").glob("*.js")}
    absent = r"WebSocket|RTCPeer|postMessage|\"message\"|sessionStorage|indexedDB|__proto__"
    absent += r"|\.innerHTML\s*=|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert {name: re.findall(absent, text) for name, text in scripts.items() if re.search(absent, text)} == {}
    stored = {name for name, text in scripts.items() if re.search(r"localStorage|document\.cookie", text)}
    assert stored == {"shortcuts.js", "theme.js"}


def test_passwords_are_hashed_slowly() -> None:
    assert global_settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert PBKDF2PasswordHasher.iterations >= 600_000
    assert "PASSWORD_HASHERS" not in (ROOT / "config" / "settings.py").read_text()


def test_session_keys_are_long_enough() -> None:
    """32 characters of 36 are 165 bits."""
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    store: Any = NoSessions()
    keys = {store._get_new_session_key() for _each in range(20)}
    assert len(keys) == 20
    assert {len(key) for key in keys} == {32}
    assert len(VALID_KEY_CHARS) == 36


def test_image_holds_neither_history_nor_secrets_nor_tests() -> None:
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".env*", "var", "tests", "benchmarks"} <= set(left_out)
    assert "load_demo" in OPERATIONS
