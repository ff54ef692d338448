"""The reports of the demo: the daily ones of the last days, and some that people have asked for."""

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Right
from demo.market import Shop
from demo.stage import Stage
from reports import chain, making
from reports.models import Report, Schedule
from reports.states import Format, ReportKind

DAYS = 4
HOUR = 6
DAY = timedelta(days=1)
TOOK = timedelta(seconds=4)

K = ReportKind
# What was asked for, how many hours ago.
ASKED: tuple[tuple[int, dict[str, object]], ...] = (
    (75, {"kind": K.TAX, "format": Format.CSV, "days": 90}),
    (50, {"kind": K.BY_ORDER_DATE, "format": Format.XLSX, "days": 30, "columns": ["number-of-items"]}),
    (26, {"kind": K.BY_ORDER_DATE, "format": Format.PDF, "days": 30}),
    (5, {"kind": K.UNSHIPPED, "format": Format.TSV}),
)


def plan(stage: Stage, shop: Shop, now: datetime) -> None:
    """On each of the last days the daily reports are posted in the morning of this shop's marketplace."""
    Schedule.objects.create(seller=shop.seller, hour=HOUR, columns=["number-of-items"])
    zone = ZoneInfo(shop.marketplace.time_zone)
    today = now.astimezone(zone).date()
    for back in range(DAYS):
        moment = datetime.combine(today - back * DAY, time(HOUR), zone)
        stage.diary.at(moment, _post)


def ask(stage: Stage, shop: Shop, now: datetime) -> None:
    """What people of the shop wanted to know; the last one thought better of it."""
    asked = [_asked(stage, shop, now - timedelta(hours=hours), told) for hours, told in ASKED]
    for report in asked:
        _make(report)
    spare = _asked(stage, shop, now - 3 * timedelta(hours=1), {"kind": K.SETTLEMENT, "days": 60})
    making.cancel(spare, spare.created_at + TOOK)


def _asked(stage: Stage, shop: Shop, moment: datetime, told: dict[str, object]) -> Report:
    user = shop.someone(Right.REPORT, stage.rng).user
    key = uuid.UUID(int=stage.rng.getrandbits(128), version=4)
    return making.ask(seller=shop.seller, key=key, user=user, now=moment, **told)  # type: ignore[arg-type]


def _post(now: datetime) -> None:
    chain.post_due(now)
    for report in list(Report.objects.due(now)):
        _make(report)


def _make(report: Report) -> None:
    """As a worker would have made it at its time."""
    own = Report.objects.filter(pk=report.pk)
    own.update(started_at=report.created_at)
    making.work(report.pk)
    own.update(finished_at=report.created_at + TOOK)
