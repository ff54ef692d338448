"""Long lists as markup, at a fraction of what a template's loop costs.

Fifty rows are some two thousand variables and conditions. So Django renders each piece of a template once a
page, with its words and addresses, and `str.format` fills in the texts of every row.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template


def of(
    template: str, names: Iterable[str], request: HttpRequest | None = None, **context: Any
) -> dict[str, str]:
    """The named pieces; what stands in single braces in them is left for `str.format`.

    Not so in the texts of the context: `str.format` gives them back as they are, braces and all.
    """
    kept = {name: _doubled(value) for name, value in context.items()}
    return {name: get_template(f"{template}#{name}").render(kept, request).strip() for name in names}


def texts(record: Any) -> dict[str, str]:
    """Every text of a slotted record by name, safe to stand in markup and in quoted attributes."""
    found = ((name, getattr(record, name)) for name in record.__slots__)
    return {name: escape(text) for name, text in found if isinstance(text, str)}


def _doubled(value: Any) -> Any:
    return value.replace("{", "{{").replace("}", "}}") if isinstance(value, str) else value
