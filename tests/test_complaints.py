"""docs/complaints.md answers each of the 31 complaints, and names nothing but tests that exist."""

import re

import pytest

from tests.test_rules import NAMED, NODE, ROOT, names_in

PAGE = (ROOT / "docs" / "complaints.md").read_text()
ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$")
ROWS = [found.groups() for line in PAGE.splitlines() if (found := ROW.match(line))]
NODES = sorted({name for name in NAMED.findall(PAGE) if "::" in name})


def test_each_complaint_has_its_row() -> None:
    assert [int(number) for number, *_words in ROWS] == list(range(1, 32))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_names_tests_that_prove_it_and_nothing_else(row: tuple[str, str, str, str]) -> None:
    _number, _complaint, _answer, proven = row
    assert NAMED.findall(proven)
    assert [name for name in NAMED.findall(proven) if not NODE.match(name)] == []
    assert NAMED.sub("", proven).strip() == ""


@pytest.mark.parametrize("node", NODES)
def test_a_test_that_is_named_exists(node: str) -> None:
    module, _colons, name = node.partition("::")
    assert (ROOT / module).is_file()
    assert name in names_in(ROOT / module)


@pytest.mark.parametrize("rule", sorted(set(re.findall(r"\(([A-Z]\d+)\)", PAGE))))
def test_a_rule_that_is_named_stands_in_the_rules(rule: str) -> None:
    assert f"| {rule} |" in (ROOT / "docs" / "rules.md").read_text()
