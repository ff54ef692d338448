"""What became of the rows of a batch, page by page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts import counting, keyset
from accounts.keyset import FIRST, Cursor, Turn
from batches import kinds
from batches.models import Batch, BatchRow
from batches.states import RowState

SIZE = 100
TONES = {RowState.WAITING: "neutral", RowState.DONE: "good", RowState.REFUSED: "bad"}
SHOWN = ("refused", "all")


@dataclass(frozen=True)
class Question:
    """Which rows, and which page of them."""

    show: str
    turn: Turn = FIRST

    def query(self, show: str = "", turn: Turn = FIRST) -> str:
        """The address of another list or page, after its question mark."""
        words = [f"show={show or self.show}"]
        words += [f"before={turn.below}"] if turn.below else []
        words += [f"after={turn.above}"] if turn.above else []
        return "?" + "&".join(words)


@dataclass(frozen=True)
class Row:
    """A row as the page shows it."""

    place: str
    subject: str
    url: str
    tone: str
    label: str
    sentence: str
    code: str
    column: str


def question(batch: Batch, address: Any) -> Question:
    """What the address asks for; without a word, the refused rows where there are some."""
    show = address.get("show", "")
    if show not in SHOWN:
        show = "refused" if batch.refused_count else "all"
    return Question(show, Turn(below=_cursor(address.get("before")), above=_cursor(address.get("after"))))


def context(batch: Batch, asked: Question) -> dict[str, Any]:
    """What `batches/results.html` shows."""
    page = keyset.page(_found(batch, asked.show), "place", asked.turn, SIZE)
    pager: dict[str, str] = {}
    if page.previous:
        pager |= {"first_url": asked.query(), "previous_url": asked.query(turn=Turn(above=page.previous))}
    if page.next:
        pager |= {"next_url": asked.query(turn=Turn(below=page.next))}
    return {
        "tabs": _tabs(batch, asked),
        "rows": [_row(batch, row) for row in page.rows],
        "pager": pager,
    }


def _found(batch: Batch, show: str) -> QuerySet[BatchRow]:
    rows = BatchRow.objects.filter(batch=batch)
    return rows.filter(state=RowState.REFUSED) if show == "refused" else rows


def _tabs(batch: Batch, asked: Question) -> list[dict[str, Any]]:
    held = {"refused": batch.refused_count, "all": batch.total}
    labels = {"refused": _("Refused"), "all": _("All rows")}
    return [
        {
            "url": asked.query(show=show),
            "label": labels[show],
            "count": counting.written(held[show]),
            "current": show == asked.show,
        }
        for show in ("refused", "all")
    ]


def _row(batch: Batch, row: BatchRow) -> Row:
    return Row(
        place=counting.written(row.place),
        subject=row.subject,
        url=_url(batch, row),
        tone="warn" if row.is_warning else TONES[RowState(row.state)],
        label=str(row.get_state_display()),
        sentence=row.sentence,
        code=row.code,
        column=row.column,
    )


def _url(batch: Batch, row: BatchRow) -> str:
    """The page about it, where the kind has one, the subject fits its address, and it was not found missing."""
    try:
        kind = kinds.of(batch.kind)
        return reverse(kind.page, args=[row.subject]) if kind.page and row.code not in kind.missing else ""
    except (KeyError, NoReverseMatch):
        return ""


def _cursor(text: str | None) -> Cursor | None:
    try:
        return Cursor.read(text, int) if text else None
    except ValueError:
        return None
