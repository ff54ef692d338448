"""What reading a feed file gives: the file, its rows, and what is wrong with either (F5)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reports.feeds.files.kinds import FeedFormat, FeedKind


@dataclass(frozen=True)
class Problem:
    """What is wrong, or worth a remark: its code (docs/feeds.md), the column if it is one, and the sentence."""

    code: str
    column: str
    sentence: str


class Unreadable(Exception):
    """The file as a whole is no feed; `sentence` says why and what to do, `code` which kind of fault it is."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.sentence, self.code = sentence, code


@dataclass(frozen=True)
class FeedRow:
    """One row by itself: which record it is (1 is the first), where it stands, and its cells by column.

    XML gives the same cells as text; `message` is the MessageID of the message that the row came in.
    `problems` are those of the row as such: it was cut off, or a message has a body that does not belong there.
    """

    number: int
    line: int
    cells: Mapping[str, str]
    message: str = ""
    problems: tuple[Problem, ...] = ()

    def __getitem__(self, column: str) -> str:
        """The cell; empty where the file has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class FeedFile(ABC):
    """A file that was read to its end once and found to be a feed. `warnings` are about its columns."""

    path: Path
    kind: FeedKind
    format: FeedFormat
    encoding: str
    columns: tuple[str, ...]
    total: int
    warnings: tuple[Problem, ...] = field(default=())

    @abstractmethod
    def rows(self) -> Iterator[FeedRow]:
        """Every row that is not blank, in the order of the file; memory does not grow with the file."""
