"""docs/rules.md says what is there: every function, constraint and trigger it names, and every test."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "rules.md").read_text()
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \| (.+) \|$")
NAMED = re.compile(r"`([^`]+)`")
NODE = re.compile(r"^tests/[a-z_/]+\.py(::[A-Za-z0-9_]+){1,2}$")
WHOLE = {"O": 22, "C": 5, "R": 8, "I": 5, "P": 3, "F": 5, "N": 4, "H": 2, "A": 1}
MUST_STAND = {f"{letter}{n}" for letter, last in WHOLE.items() for n in range(1, last + 1)} | {
    "B7",
    "B8",
    "D1",
    "D2",
    "D3",
}


def table() -> list[tuple[str, str, str]]:
    """The rows of the first table: rule, held by, proven by."""
    rows = [found.groups() for line in PAGE.splitlines() if (found := ROW.match(line))]
    return [(rule, held, proven) for rule, held, proven in rows]


def number(row: tuple[str, str, str]) -> str:
    return row[0]


def nodes() -> list[str]:
    """Every test that the page names."""
    return sorted({name for name in NAMED.findall(PAGE) if name.startswith("tests/") and "::" in name})


def names_in(module: Path) -> set[str]:
    """The tests in a module, as pytest calls them."""
    found = set()
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return found


def test_each_rule_has_one_row() -> None:
    rules = [number(row) for row in table()]
    assert len(rules) == len(set(rules))
    assert set(rules) == MUST_STAND


@pytest.mark.parametrize("row", table(), ids=number)
def test_a_row_names_who_holds_it_and_nothing_but_tests_that_prove_it(row: tuple[str, str, str]) -> None:
    _rule, held, proven = row
    assert NAMED.findall(held.partition(" Held by ")[2])
    assert NAMED.findall(proven)
    assert [name for name in NAMED.findall(proven) if not NODE.match(name)] == []
    assert NAMED.sub("", proven).strip() == ""


@pytest.mark.parametrize("node", nodes())
def test_a_test_that_is_named_exists(node: str) -> None:
    module, _colons, name = node.partition("::")
    assert (ROOT / module).is_file()
    assert name.split("::")[-1].startswith("test_")
    assert name in names_in(ROOT / module)


@pytest.mark.parametrize("row", table(), ids=number)
def test_an_object_that_is_named_exists(row: tuple[str, str, str]) -> None:
    for name in NAMED.findall(row[1]):
        if "." in name:
            assert resolves(name), name


def resolves(name: str) -> bool:
    """Whether a dotted name leads from a module to something in it."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.django_db
def test_the_database_has_each_constraint_and_trigger_that_is_named() -> None:
    named = {name for _rule, held, _proven in table() for name in NAMED.findall(held) if "." not in name}
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class")
        there = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        there |= {re.sub(r"^pgtrigger_(.*)_[0-9a-f]+$", r"\1", name) for (name,) in cursor.fetchall()}
    assert named - there == set()


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", PAGE))
def test_a_page_that_is_linked_exists(link: str) -> None:
    assert (ROOT / "docs" / link).exists()
