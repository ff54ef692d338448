"""Why a feed said no; `str()` is the sentence to show, and nothing was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reports.feeds.files import codes

if TYPE_CHECKING:
    from reports.feeds.models import Feed


class Refused(Exception):
    """The file is not taken, or what was asked for is not possible with the feed as it is now."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class SameFile(Refused):
    """A file with the same content was handed in before; `first` is its feed (F5)."""

    def __init__(self, first: Feed) -> None:
        self.first = first
        words = {"name": first.name, "day": f"{first.uploaded_at:%Y-%m-%d %H:%M} UTC"}
        sentence = _(
            "The content of this file was processed before, as %(name)s on %(day)s. Nothing was changed."
        )
        super().__init__(sentence % words, codes.SAME_FILE)
