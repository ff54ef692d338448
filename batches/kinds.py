"""What can be done to many rows: a kind of batch says it, and `settings.BATCH_KINDS` names them all (ADR 13)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from accounts.models import Right
from batches.models import Batch


@dataclass(frozen=True)
class Result:
    """What became of a row, with the sentence to show; a refused one changes nothing."""

    is_done: bool
    sentence: str = ""
    code: str = ""
    column: str = ""
    is_warning: bool = False
    is_later: bool = False


def done(sentence: str = "") -> Result:
    """The row was done."""
    return Result(True, sentence)


def refused(sentence: str, code: str = "", column: str = "") -> Result:
    """The row was not done, and why."""
    return Result(False, sentence, code, column)


def warned(sentence: str, code: str = "", column: str = "") -> Result:
    """The row was done, with something to remark."""
    return Result(True, sentence, code, column, is_warning=True)


def later(sentence: str, code: str = "", column: str = "") -> Result:
    """Not yet: the row waits and is tried again; after many times it is refused with this sentence."""
    return Result(False, sentence, code, column, is_later=True)


# Called as handle(batch, row, actor=…, now=…).
Handle = Callable[..., Result]
# The address of the page where a batch is acted upon.
Home = Callable[[Batch], str]
Hook = Callable[[Batch], None]


@dataclass(frozen=True)
class Kind:
    """An operation for a row, and the right that it asks for.

    An atomic one changes the database alone: the change and the row's result are one transaction. Another one talks
    to the world between transactions of its own: it must be safe to repeat by `row.key`, and `check` says what it
    would do without doing it. A refusal is a Result; what is raised is a fault, and the row is tried again.
    """

    label: str | Promise
    right: Right
    handle: Handle
    check: Handle | None = None
    is_atomic: bool = True
    page: str = ""
    """Name of the page about what a row is about, with that in its address; none where there is no such page."""
    missing: frozenset[str] = frozenset()
    """Codes of rows about what does not exist."""
    home: Home | None = None
    """Where such batches are gone on with, if that is more than the rows of one; none where a batch is all there is."""
    ended: Hook | None = None
    """Called when such a batch is over; what it doesn't do, a sweep does."""
    forgotten: Hook | None = None
    """Called in the transaction that deletes such a batch: what has to be remembered is written down then."""


def of(name: str) -> Kind:
    """The kind that batches keep by this name. Raises KeyError for one that there is not (any more)."""
    return _imported(settings.BATCH_KINDS[name])


@cache
def _imported(path: str) -> Kind:
    kind: Any = import_string(path)
    assert isinstance(kind, Kind)  # noqa: S101 - a wrong path in the settings
    return kind


def label(name: str) -> str:
    """What a batch of this name does, in words; its bare name where it is offered no longer."""
    return str(of(name).label) if name in settings.BATCH_KINDS else name


def home(batch: Batch) -> str:
    """Where the batch is gone on with, if not on its own page."""
    kind = of(batch.kind) if batch.kind in settings.BATCH_KINDS else None
    return kind.home(batch) if kind and kind.home else ""


def ended(batch: Batch) -> None:
    """Tell the batch's kind that it is over."""
    kind = of(batch.kind) if batch.kind in settings.BATCH_KINDS else None
    if kind and kind.ended:
        kind.ended(batch)


def forgotten(batch: Batch) -> None:
    """Tell the batch's kind that it is about to be deleted."""
    kind = of(batch.kind) if batch.kind in settings.BATCH_KINDS else None
    if kind and kind.forgotten:
        kind.forgotten(batch)


def right(name: str) -> Right | None:
    """The right that it asks for; None where it is offered no longer."""
    return of(name).right if name in settings.BATCH_KINDS else None
