"""A password that the operator's file of breaches has is refused; its neighbors are not."""

import hashlib
import io

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.breached import is_listed
from config import env
from config.env import SettingRefused


def line(password: str) -> bytes:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode() + b":7"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 300])
@pytest.mark.parametrize("last", [True, False])
def test_each_password_of_the_file_is_found_and_no_other(ending, count, last):
    listed = [f"password {number}" for number in range(count)]
    content = ending.join(sorted(map(line, listed))) + (ending if last and count else b"")
    file = io.BytesIO(content)
    assert [password for password in listed if not is_listed(file, password)] == []
    assert [other for number in range(300) if is_listed(file, other := f"another {number}")] == []


def test_breached_password_is_refused_where_there_is_a_file(settings, tmp_path):
    file = tmp_path / "pwned.txt"
    file.write_bytes(line("zebra lamp tulip") + b"\n")
    validate_password("zebra lamp tulip")
    settings.BREACHED_PASSWORDS_FILE = str(file)
    with pytest.raises(ValidationError, match="data breach"):
        validate_password("zebra lamp tulip")
    validate_password("zebra lamp rose")


def test_setting_that_names_no_readable_file_stops_the_start(monkeypatch, tmp_path):
    monkeypatch.setenv("BREACHED_PASSWORDS_FILE", str(tmp_path))
    with pytest.raises(SettingRefused, match="BREACHED_PASSWORDS_FILE"):
        env.readable_file("BREACHED_PASSWORDS_FILE")
    monkeypatch.delenv("BREACHED_PASSWORDS_FILE")
    assert env.readable_file("BREACHED_PASSWORDS_FILE") == ""
