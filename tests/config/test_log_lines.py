"""Whatever a line of the log quotes, it stays one line and one object."""

import json
import logging

import pytest

from config import logs


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\u2028", "\x1b[2K", "\0"])
def test_entry_stays_one_line_whatever_it_quotes(ending):
    forged = f'x{ending}{{"event": "sign_in", "level": "info"}}'
    record = logging.LogRecord("shop", logging.WARNING, "a.py", 1, "Refused: %s", (forged,), None)
    line = logs.formatter(logs.configure(readable=False, level="INFO")).format(record)
    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b" not in line
    entry = json.loads(line)
    assert (entry["level"], forged in entry["event"]) == ("warning", True)
