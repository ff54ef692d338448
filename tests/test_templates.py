"""Templates say nothing where nobody reads it: a page that extends another is rendered by its blocks alone."""

from pathlib import Path

import pytest
from django.template.base import Node, TextNode
from django.template.defaulttags import CommentNode, LoadNode
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode

FOLDER = Path(__file__).resolve().parents[1] / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))


def is_read(node: Node) -> bool:
    """Blocks, and what only prepares them."""
    is_blank = isinstance(node, TextNode) and not node.s.strip()
    return (
        is_blank or isinstance(node, BlockNode | LoadNode | CommentNode) or "Partial" in type(node).__name__
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_outside_the_blocks(name: str) -> None:
    """A `{% url … as … %}` there is never run, and its link leads nowhere."""
    nodes = get_template(name).template.nodelist
    extending = next((node for node in nodes if isinstance(node, ExtendsNode)), None)
    lost = [node for node in extending.nodelist if not is_read(node)] if extending else []
    assert [str(node.token) for node in lost] == []
