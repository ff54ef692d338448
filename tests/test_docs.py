"""docs/operations.md leaves out no setting and no command; docs/README.md leads to every page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
SETTINGS = re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", (ROOT / "config" / "settings.py").read_text())
COMMANDS = [file.stem for file in ROOT.glob("*/management/commands/*.py") if file.stem != "__init__"]
NAMES = ("README", "CONTRIBUTING", "docs/README", "docs/operations", "docs/sellers-guide", "docs/gallery")
PAGES = [ROOT / f"{name}.md" for name in NAMES]
LINKS = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)", page.read_text())]


@pytest.mark.parametrize("name", sorted(set(SETTINGS)))
def test_a_setting_is_explained(name: str) -> None:
    assert f"`{name}`" in OPERATIONS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_mentioned(name: str) -> None:
    assert name in OPERATIONS


@pytest.mark.parametrize("name", sorted(file.name for file in (ROOT / "docs").glob("*.md")))
def test_the_index_leads_to_each_page(name: str) -> None:
    assert name == "README.md" or f"]({name})" in (ROOT / "docs" / "README.md").read_text()


@pytest.mark.parametrize(("document", "link"), LINKS, ids=lambda each: getattr(each, "name", each))
def test_what_is_linked_exists(document: Path, link: str) -> None:
    assert (document.parent / link).exists()


@pytest.mark.parametrize("file", sorted((ROOT / "docs" / "img").iterdir()), ids=lambda file: file.name)
def test_a_picture_is_small_and_shown(file: Path) -> None:
    assert file.stat().st_size <= 120 * 1024
    assert f"img/{file.name}" in "".join(page.read_text() for page in PAGES)
