"""Why a message was not written; `str()` is the sentence to show, and nothing was kept."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from messaging.screening import Passage, sentence_about
from orders.refusals import Refused


class NotNow(Refused):
    """The order's state allows no message (C2)."""


class TextRefused(Refused):
    """The text is empty, too long, or holds what is not allowed (C5); `passages` say where."""

    def __init__(self, sentence: str, passages: Sequence[Passage] = ()) -> None:
        super().__init__(sentence)
        self.passages = tuple(passages)

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> "TextRefused":
        """Names every kind of passage once, each with its reason."""
        return cls(sentence_about(passages), passages)


class FilesRefused(Refused):
    """Too many files, too large, or of a kind that is not allowed (C5)."""


class ScannerAway(FilesRefused):
    """The virus scanner gives no verdict at the moment; the same files may pass later."""

    def __init__(self) -> None:
        super().__init__(
            _("Files can't be checked for viruses right now. Nothing was sent. Try again in a few minutes.")
        )


class KeyReused(Refused):
    """The form was sent before with other content; what it did then stands."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This form was sent before with other content. What it did then stands; open the page again to write "
                "more."
            )
        )
