"""Business days by hand: tables typed from each country's law (data/*.toml) and a walk through them."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

YEARS = (2025, 2026, 2027)


@dataclass(frozen=True)
class Market:
    name: str
    country: str
    subdivision: str
    holidays: dict[date, str]
    working_days: dict[date, str]

    def is_business_day(self, day: date) -> bool:
        if day in self.working_days:
            return True
        return day.isoweekday() <= 5 and day not in self.holidays

    def walk(self, start: date, days: int) -> date:
        """Day after day in the calendar on the wall, counting the business days."""
        day = start
        counted = 0
        while counted < days:
            day = date.fromordinal(day.toordinal() + 1)
            counted += 1 if self.is_business_day(day) else 0
        return day


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]


def _read(path: Path) -> Market:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    dates = {
        part: {date.fromisoformat(day): name for day, name in table.get(part, {}).items()}
        for part in ("holidays", "working_days")
    }
    return Market(path.stem, table["country"], table["subdivision"], **dates)


MARKETS = [_read(path) for path in sorted((Path(__file__).parent / "data").glob("*.toml"))]
