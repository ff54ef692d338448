"""The figures as a person reads them, each beside its aim; and which hard limits are missed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.jobs import Job
from benchmarks.pages import AIMS, FLOOR, FLOORS
from benchmarks.timing import Figure

GROWTH_AIM, GROWTH_LIMIT = 1.1, 1.2
# Of searches, filters and sorts, which read more the more there is to be found.
SEARCH_LIMIT = 1.5
# A page that should cost what another costs may be this much off in one run.
SAME = 1.1
# The two sellers must differ by so much before growth says anything.
JUDGED_FROM = 10
NONE = "–"


@dataclass(frozen=True)
class Results:
    """All that one run measured."""

    small: int
    large: int
    pages: Mapping[tuple[str, str], Figure]
    jobs: Sequence[Job]
    oscar: Mapping[str, Figure] = field(default_factory=dict)

    def growth(self, work: str) -> float:
        """How much more a page costs the large seller than the small one."""
        return self.pages[work, "large"].median / self.pages[work, "small"].median

    def times_floor(self, work: str) -> float:
        """A page of the large seller as a multiple of the floor on the same data."""
        return self.pages[work, "large"].median / self.pages[FLOOR, "large"].median

    def is_met(self, work: str) -> bool:
        """Whether a page costs at most what it should."""
        aim = AIMS[work]
        if aim.times_floor:
            return self.times_floor(work) <= aim.times_floor
        if aim.as_work:
            most = aim.most or SAME
            return self.pages[work, "large"].median <= most * self.pages[aim.as_work, "large"].median
        return True

    def missed(self) -> list[str]:
        """Pages of Manage Orders that cost a large seller more than the limit allows."""
        if self.large < JUDGED_FROM * self.small:
            return []
        return [work for work in AIMS if (limit := _limit(work)) and self.growth(work) > limit]

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "orders": {"small": self.small, "large": self.large},
            "pages": [
                {
                    "work": work,
                    "small": asdict(self.pages[work, "small"]),
                    "large": asdict(self.pages[work, "large"]),
                }
                for work in [*FLOORS, *AIMS]
            ],
            "jobs": [{**asdict(job), "ratio": job.ratio} for job in self.jobs],
            "oscar": {work: asdict(figure) for work, figure in self.oscar.items()},
            "missed": self.missed(),
        }


def lines(results: Results) -> Iterator[str]:
    """Both tables and what they come to."""
    yield f"Pages, milliseconds: median / 95th percentile. Growth: {results.small:,} to {results.large:,} orders."
    yield from _aligned(list(_pages(results)))
    yield ""
    yield "Work, orders a second. Plain: the orders' rows (and their history) by SQL alone, in the same run."
    yield from _aligned(list(_jobs(results.jobs)))
    for job in results.jobs:
        if job.peak_mb is not None and job.grown_mb is not None:
            yield f"  {job.work}: memory at most {job.peak_mb:.0f} MB, {job.grown_mb:.0f} MB more than at its start."
    yield ""
    missed = results.missed()
    yield from (
        f"MISSED: {work} grows {results.growth(work):.2f} times, the limit is {_limit(work)}."
        for work in missed
    )
    if not missed and results.large >= JUDGED_FROM * results.small:
        yield (
            f"Manage Orders grows at most {GROWTH_LIMIT} times on every tab and page, {SEARCH_LIMIT} times in"
            " every search, filter and sort: the limits are kept."
        )


def _pages(results: Results) -> Iterator[tuple[str, ...]]:
    yield ("page", "small", "large", "growth", "× floor", "aim", "", "django-oscar")
    for work in [*FLOORS, *AIMS]:
        small, large = results.pages[work, "small"], results.pages[work, "large"]
        peer = results.oscar.get(work)
        aim = ("", "") if work in FLOORS else (_aim(work), _verdict(results, work))
        shown = (f"{results.growth(work):.2f}", f"{results.times_floor(work):.2f}", *aim)
        yield (work, str(small), str(large), *shown, str(peer) if peer else "")


def _aim(work: str) -> str:
    aim = AIMS[work]
    if aim.times_floor:
        return f"≤ {aim.times_floor} × floor"
    return f"≤ {aim.most} × “{aim.as_work}”" if aim.most else f"as “{aim.as_work}”"


def _limit(work: str) -> float | None:
    """How much a page may grow; None where that is only said."""
    aim = AIMS[work]
    return SEARCH_LIMIT if aim.most else GROWTH_LIMIT if aim.is_list else None


def _verdict(results: Results, work: str) -> str:
    """Whether both the aim and the growth are met."""
    grows = results.large >= JUDGED_FROM * results.small and results.growth(work) > GROWTH_AIM
    return "ok" if results.is_met(work) and not grows else "over"


def _jobs(jobs: Sequence[Job]) -> Iterator[tuple[str, ...]]:
    yield ("work", "orders", "a second", "plain", "ratio", "aim", "")
    for job in jobs:
        plain = f"{job.plain:,.0f}" if job.plain else NONE
        ratio = f"{job.ratio:.2f}" if job.ratio else NONE
        aim = f"≥ {job.aim}" if job.aim else ""
        verdict = ("ok" if job.ratio >= job.aim else "under") if job.ratio and job.aim else ""
        yield (job.work, f"{job.done:,}", f"{job.per_second:,.0f}", plain, ratio, aim, verdict)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as their widest cell: words to the left, figures to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()
