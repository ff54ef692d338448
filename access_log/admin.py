"""The access log for the marketplace's staff and its auditor: who saw what, by person, seller, order and time."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from access_log import record
from access_log.models import Access, UnusualAccess
from accounts import clock
from accounts.formulas import defused
from accounts.models import Seller, User
from accounts.staff_pages import StaffPage

ORDER_NUMBER = re.compile(r"\d{3}-\d{7}-\d{7}")
MOST_WORDS = 4
COLUMNS = ("at", "action", "via", "user", "seller", "order_number", "orders", "page", "record", "address")


class PeriodFilter(admin.SimpleListFilter):
    """How far back."""

    title = _("time")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Last 24 hours")), ("7", _("Last 7 days")), ("31", _("Last 31 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Access]) -> QuerySet[Access]:
        days = self.value()
        return (
            queryset.filter(at__gt=clock.now() - timedelta(days=int(days)))
            if days in ("1", "7", "31")
            else queryset
        )


class Echo:
    """A file for the csv module that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


@admin.register(Access)
class AccessAdmin(StaffPage):
    """Every row, the newest first; `?as=csv` downloads what the page's filters find."""

    list_display = COLUMNS
    list_display_links = None
    list_select_related = ("user", "seller")
    list_filter = ("action", PeriodFilter)
    search_fields = ("order_number",)
    search_help_text = _(
        "Email of a person, short name of a seller, order number or network address. Several narrow it down."
    )
    ordering = ("-at", "-pk")  # type: ignore[assignment]
    change_list_template = "access_log/change_list.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Access], search_term: str
    ) -> tuple[QuerySet[Access], bool]:
        """Each word is looked up by its form, in an index of its own."""
        for word in search_term.split()[:MOST_WORDS]:
            queryset = queryset.filter(_meant(word))
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Return the list, or the same as a file."""
        if request.GET.get("as") != "csv":
            return super().changelist_view(request, {**(extra_context or {}), "csv_url": _csv_url(request)})
        query = request.GET.copy()
        query.pop("as")
        request.GET = query  # type: ignore[assignment]
        found = self.get_changelist_instance(request).queryset
        record.detail(request, orders=0)
        name = f"access-log-{clock.now():%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8", headers=headers)


@admin.register(UnusualAccess)
class UnusualAccessAdmin(StaffPage):
    """Who opened very many orders within minutes."""

    list_display = ("day", "seller", "user", "orders", "found_at")
    list_select_related = ("seller", "user")


def _meant(word: str) -> Q:
    if ORDER_NUMBER.fullmatch(word):
        return Q(order_number=word)
    if "@" in word:
        return Q(user__in=list(User.objects.filter(email__iexact=word).values_list("pk", flat=True)))
    try:
        return Q(address=str(ip_address(word)))
    except ValueError:
        pass
    return Q(seller__in=list(Seller.objects.filter(slug__iexact=word).values_list("pk", flat=True)))


def _csv_url(request: HttpRequest) -> str:
    query = request.GET.copy()
    query["as"] = "csv"
    return f"?{query.urlencode()}"


def _lines(found: QuerySet[Access]) -> Iterator[str]:
    """Yield the file line by line; the memory that it takes doesn't grow with the rows."""
    writer = csv.writer(Echo())
    yield str(writer.writerow(COLUMNS))
    for row in found.iterator(chunk_size=2_000):
        cells = (row.at.isoformat(), row.action, row.via, row.user or "", row.seller or "", row.order_number)
        rest = (row.orders, row.page, row.record, row.address or "")
        yield str(writer.writerow([defused(str(cell)) for cell in (*cells, *rest)]))
