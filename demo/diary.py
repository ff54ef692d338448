"""Things to do, done in the order of time, each told the moment that it happens at."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

Act = Callable[[datetime], None]
MINUTE = timedelta(minutes=1)


@dataclass
class Diary:
    """What is still to be done; acts may add more of it."""

    entries: list[tuple[datetime, int, Act]] = field(default_factory=list)
    noted: set[tuple[Act, datetime]] = field(default_factory=set)
    places: "count[int]" = field(default_factory=count)

    def at(self, moment: datetime, act: Act) -> None:
        """Do it then."""
        heapq.heappush(self.entries, (moment, next(self.places), act))

    def job_at(self, moment: datetime, job: Act) -> None:
        """A periodic job that has something to do then: it runs at the next full minute, once."""
        full = moment.replace(second=0, microsecond=0) + MINUTE
        if (job, full) not in self.noted:
            self.noted.add((job, full))
            self.at(full, job)

    def run(self, until: datetime, *, after_each: Callable[[], None] = lambda: None) -> None:
        """Do all that is due up to that moment; later entries never happen."""
        while self.entries and self.entries[0][0] <= until:
            moment, _place, act = heapq.heappop(self.entries)
            act(moment)
            after_each()
