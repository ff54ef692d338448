"""No cell of a file is a formula, by one rule wherever it is written (I3)."""

import pytest
from django.db import connection

from accounts import formulas
from payments import documents
from reports import columns, copying
from reports.feeds.files.formulas import defused, plain
from reports.states import Format

HOSTILE = [
    "=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "﹦1+1",
    "\u200b\u3000＝1+1",
    "﹢1",
    "﹣1",
    "﹫A1",
    "\xa0-1",
    "'=1",
    "''\u200b@A1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_through_blanks_is_defused_and_read_back(text):
    written = defused(text)
    assert not formulas.FORMULA.match(written)
    assert plain(written) == text.strip()


def test_statements_have_the_same_rule():
    assert documents.formulas is formulas


@pytest.mark.django_db
def test_the_database_has_the_same_rule_for_every_first_character():
    letters = [chr(code) for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000]
    texts = [text for letter in letters for text in (f"{letter}=1", f"{letter}x", f"{letter}\u200b@A1")]
    cell = copying._cell(columns.text("t", "t"), copying.Style(Format.CSV))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t FROM unnest(%s) t WHERE {cell} <> t", [texts])
        in_sql = {text for (text,) in cursor.fetchall()}
    in_python = {text for text in texts if formulas.defused(text) != text}
    assert (in_python - in_sql, in_sql - in_python) == (set(), set())
