"""Asking for a report, and canceling it; workers make it (F2, F4). Posted daily ones come from `chain.py` (F1)."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Source
from accounts.models import Plan, Seller, User
from accounts.nudge import nudge
from accounts.personal_data_register import KEPT
from orders.models import Order
from orders.refusals import Refused
from reports import files, kinds, parts, periods
from reports.models import Report
from reports.states import DAYS, OPEN, Format, ReportKind, ReportState, Separator
from reports.work import WORK, work

__all__ = ["ask", "ask_again", "ask_for_orders", "cancel", "work"]


# What a form asks for; sent again with something else in it, it is another wish.
ASKED = ["kind", "format", "separator", "is_exact", "days", "first_day", "last_day", "columns", "query"]
OPEN_AT_MOST = 20
LONGEST_DAYS = 2 * 366


def ask(
    *,
    seller: Seller,
    kind: str,
    key: uuid.UUID,
    user: User | None,
    now: datetime,
    format: str = Format.TSV,  # noqa: A002 - as the report calls it
    separator: str = Separator.COMMA,
    is_exact: bool = False,
    days: int | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    columns: Sequence[str] = (),
    source: Source = Source.PAGE,
) -> Report:
    """A report of the past days, or from one day to another, waits to be made; the same key is the same report.

    Raises Refused for an individual plan (F3), days that are none, and more reports than one seller has open at once.
    """
    facts: dict[str, Any] = {"kind": kind, "format": format, "days": days, "source": source}
    facts |= {"separator": separator, "is_exact": is_exact}
    period = _period(kind, seller.marketplace.time_zone, days, (first_day, last_day), now)
    if period:
        facts |= {"first_moment": period.first, "last_moment": period.last}
    facts |= {"first_day": first_day, "last_day": last_day} if not days else {}
    facts["columns"] = [name for name in kinds.optional(kind) if name in set(columns)]
    return _begin(seller, key, user, now, facts)[0]


@transaction.atomic
def ask_for_orders(
    orders: QuerySet[Order],
    *,
    seller: Seller,
    format: str,  # noqa: A002 - as the report calls it
    query: str = "",
    columns: Sequence[str] = (),
    key: uuid.UUID,
    user: User | None,
    now: datetime,
) -> Report:
    """A report of exactly these orders of the seller, as they are listed at this moment; else as `ask`.

    Orders that are pending by the time it is made are left out (O2).
    """
    if format == Format.PDF:
        raise Refused(_("A summary in pictures is of days, not of some orders."))
    facts: dict[str, Any] = {
        "kind": ReportKind.SELECTION,
        "format": format,
        "separator": separator_of(seller, user),
        "query": query,
        "source": Source.PAGE,
    }
    facts["columns"] = [name for name in kinds.optional(ReportKind.SELECTION) if name in set(columns)]
    report, is_new = _begin(seller, key, user, now, facts)
    if is_new:
        parts.write_list(report, orders.filter(seller=seller))
    return report


def separator_of(seller: Seller, user: User | None) -> str:
    """The separator that the person chose for their last report; a comma before the first one."""
    asked = Report.objects.filter(seller=seller, asked_by=user, daily_for=None) if user else None
    last = asked.newest_first().values_list("separator", flat=True).first() if asked is not None else None
    return last or Separator.COMMA


def ask_again(report: Report, *, key: uuid.UUID, user: User | None, now: datetime) -> Report:
    """The same report of the same past days, as these are now. Raises Refused for one that was posted, or of a list."""
    if report.daily_for or report.kind == ReportKind.SELECTION:
        raise Refused(_("This report cannot be asked for again."))
    return ask(
        seller=report.seller,
        kind=report.kind,
        format=report.format,
        separator=report.separator,
        is_exact=report.is_exact,
        days=report.days,
        first_day=report.first_day,
        last_day=report.last_day,
        columns=report.columns,
        key=key,
        user=user,
        now=now,
    )


def cancel(report: Report, now: datetime) -> None:
    """It is not made any further, and what was made of it is gone.

    Raises Refused for one that is finished, and for a daily one: its orders are in no other (F1).
    """
    with transaction.atomic():
        held = Report.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
        if held.daily_for:
            raise Refused(_("A daily report is not canceled: its orders are in no other one."))
        if held.state not in OPEN:
            raise Refused(_("This report is finished."))
        draft = held.file.name or ""
        held.state, held.finished_at, held.file, held.claimed_until = ReportState.CANCELED, now, "", None
        held.save(update_fields=["state", "finished_at", "file", "claimed_until"])
        held.parts.all().delete()
        transaction.on_commit(lambda: files.remove(draft))


def _period(
    kind: str, zone: str, days: int | None, dates: tuple[date | None, date | None], now: datetime
) -> periods.Period | None:
    """The moments that were asked for. Raises Refused."""
    first, last = dates
    if days:
        if days not in DAYS:
            raise Refused(
                _("Ask for one of these numbers of days: %(days)s.") % {"days": ", ".join(map(str, DAYS))}
            )
        return periods.past(days, zone, now)
    if first and last:
        if not 0 <= (last - first).days < LONGEST_DAYS:
            raise Refused(_("Ask for at most two years, the first day before the last."))
        return periods.of_dates(first, last, zone)
    if kinds.of(kind).needs_days:
        raise Refused(_("Say of which days the report should be."))
    return None


@transaction.atomic
def _begin(
    seller: Seller, key: uuid.UUID, user: User | None, now: datetime, facts: dict[str, Any]
) -> tuple[Report, bool]:
    """The report is on record, and a worker is told of it; a key that is known is that report, if it asks the same."""
    if seller.plan != Plan.PROFESSIONAL:
        raise Refused(_("Order reports are for professional plans."))
    # One after the other, so that the limit holds for many forms at once.
    Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)
    told = {"language": translation.get_language() or "en", "created_at": now, "expires_at": now + KEPT}
    report = Report(seller=seller, key=key, asked_by=user, **told, **facts)
    known = Report.objects.filter(key=key).first()
    if known:
        if known.seller_id != seller.pk or any(getattr(known, n) != getattr(report, n) for n in ASKED):
            raise Refused(_("This form was used before. Load the page again."))
        return known, False
    if Report.objects.filter(seller=seller, state__in=OPEN, daily_for=None).count() >= OPEN_AT_MOST:
        raise Refused(_("So many reports are being made already. Wait until some are ready."))
    report.save(force_insert=True)
    nudge(WORK, report.pk)
    return report, True
