"""Timing over HTTP: each page asked many times, all of them in turn, so that a busy moment meets them alike."""

import http.client
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

ROUNDS = 60
WARM_UP = 4
TIMEOUT_SECONDS = 120


class Unexpected(Exception):
    """A page answered something else than what was to be timed; the message says which and what."""


@dataclass(frozen=True)
class Figure:
    """Median and 95th percentile, in milliseconds."""

    median: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Figure":
        """What these samples come to."""
        ordered = sorted(seconds)
        return cls(1000 * statistics.median(ordered), 1000 * ordered[int(0.95 * (len(ordered) - 1))])

    def __str__(self) -> str:
        return f"{self.median:.1f} / {self.p95:.1f}"


@dataclass(frozen=True)
class Probe:
    """One page to time: where it is, who asks, and the addresses that are asked in turn."""

    work: str
    who: str
    site: str
    cookie: str
    paths: Sequence[str]
    status: int = 200
    shows: str = ""


def measure(
    probes: Sequence[Probe], rounds: int = ROUNDS, *, told: Callable[[], None] = lambda: None
) -> dict[tuple[str, str], Figure]:
    """The figure of each probe, by its work and who asked. Raises Unexpected."""
    samples: dict[tuple[str, str], list[float]] = {(probe.work, probe.who): [] for probe in probes}
    order = random.Random(0)
    warm_up = min(WARM_UP, rounds)
    for number in range(warm_up + rounds):
        for probe in order.sample(probes, len(probes)):
            seconds = ask(probe, probe.paths[number % len(probe.paths)])
            if number >= warm_up:
                samples[probe.work, probe.who].append(seconds)
        told()
    return {key: Figure.of(each) for key, each in samples.items()}


def ask(probe: Probe, path: str) -> float:
    """Seconds from opening the connection to the last byte. Raises Unexpected for another page."""
    parts = urlsplit(probe.site)
    began = time.perf_counter()
    session = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        session.request("GET", path, headers={"Cookie": probe.cookie, "Accept-Language": "en"})
        answer = session.getresponse()
        body = answer.read()
    finally:
        session.close()
    seconds = time.perf_counter() - began
    if answer.status != probe.status:
        raise Unexpected(f"{probe.work}: {path} answered {answer.status} to the {probe.who} seller.")
    if probe.shows.encode() not in body:
        raise Unexpected(f"{probe.work}: {path} does not show “{probe.shows}”.")
    return seconds


@dataclass
class Watch:
    """Adds up the time of work that is done piece by piece, and how much of it was done."""

    seconds: float = 0.0
    done: int = 0

    @contextmanager
    def piece(self) -> Iterator[None]:
        """Count the time of this block."""
        began = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - began

    @property
    def per_second(self) -> float:
        """How much was done in a second."""
        return self.done / self.seconds if self.seconds else 0.0
