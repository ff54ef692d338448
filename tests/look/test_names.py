"""Templates name only what exists: icons of the list, components, tags."""

import json
import re
from pathlib import Path

from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LISTED = json.loads((ROOT / "static/img/icons.json").read_text())


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named = r"components/icon\.html\" with name=\"([\w-]+)\"|\bicon=\"([\w-]+)\""
    used = {a or b for path in TEMPLATES for a, b in re.findall(named, path.read_text())}
    assert used - set(LISTED) == set()


def test_the_list_of_icons_is_sorted() -> None:
    assert sorted(set(LISTED)) == LISTED


def test_every_template_compiles() -> None:
    for path in TEMPLATES:
        get_template(str(path.relative_to(ROOT / "templates")))


def test_no_template_carries_script_or_style() -> None:
    """The policy would refuse it; paper and mail are no pages."""
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(\ssrc=|application/json))")
    pages = [path for path in TEMPLATES if not {"print", "mail", "emails"} & {*path.parts}]
    assert [path.name for path in pages if inline.search(path.read_text())] == []
