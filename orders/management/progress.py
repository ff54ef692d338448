"""How far a long command is: a bar where somebody watches, one line where nobody does."""

import time
from dataclasses import dataclass, field

from django.core.management.base import OutputWrapper

WIDTH = 40
REDRAW_SECONDS = 0.1


@dataclass
class Progress:
    """Counts up to a total on a stream, beside the command's own output."""

    stream: OutputWrapper
    total: int
    what: str
    done: int = 0
    drawn_at: float = 0.0
    started_at: float = field(default_factory=time.monotonic)

    def advance(self) -> None:
        """One more is done."""
        self.done += 1
        if self.stream.isatty() and time.monotonic() - self.drawn_at > REDRAW_SECONDS:
            self.drawn_at = time.monotonic()
            self._write(f"\r{self._bar()} {self._figures()} ")

    def finish(self) -> None:
        """Say how long it took."""
        if self.stream.isatty():
            self._write(f"\r{self._bar()} {self._figures()} \n")
        else:
            self._write(f"{self._figures()}\n")

    def _bar(self) -> str:
        filled = WIDTH * self.done // max(self.total, 1)
        return f"[{'#' * filled:.<{WIDTH}}]"

    def _figures(self) -> str:
        seconds = time.monotonic() - self.started_at
        rate = self.done / max(seconds, 0.001)
        return f"{self.done:,} of {self.total:,} {self.what}, {seconds:.1f} s, {rate:,.0f}/s"

    def _write(self, text: str) -> None:
        self.stream.write(text, style_func=str, ending="")
        self.stream.flush()
