"""Performance: each rate with its definition, its figure and its target, and the orders behind it (H2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access_log import record
from accounts import clock, keyset, moments
from accounts.keyset import Page
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders.figures import rate_cards, rates
from orders.figures.rates import Period, Rate
from orders.figures.sales import written
from orders.forms.performance import QuestionForm
from orders.models import Order
from orders.states import OrderStatus

COLUMNS = (
    *("seller", "number", "status", "fulfilment", "placed_at", "ship_by", "shipped_at"),
    *("canceled_at", "cancel_reason", "buyer_name"),
)


@requires(Right.VIEW)
@require_safe
def performance(request: SellerRequest) -> HttpResponse:
    """All rates; of the chosen one its course and one page of the orders that count against the seller."""
    form = QuestionForm(request.GET)
    rate, days = form.choice()
    now = clock.now()
    longest = rates.period(request.seller, rates.LONGEST, now)
    cards = rate_cards.of(longest)
    card = rate_cards.card(rate, days, rate.by_day(longest), longest.last)
    asked = longest.of_last(days)
    page = keyset.page(rate.behind(asked).only(*COLUMNS), rate.key, form.turn())
    record.detail(request, orders=len(page.rows))
    context = {
        "cards": cards,
        "card": card,
        "rate": rate,
        "spans": [{"days": n, "url": rate_cards.url(rate.slug, n), "current": n == days} for n in rate.spans],
        "course": [{"day": written(point.day, "MMMEd"), "point": point} for point in reversed(card.points)],
        "rows": _rows(rate, asked, page.rows),
        "pager": _pager(rate_cards.url(rate.slug, days), page),
        "marketplace": request.seller.marketplace,
    }
    return render(request, "orders/performance.html", context)


def _rows(rate: Rate, asked: Period, orders: Sequence[Order]) -> list[dict[str, Any]]:
    notes: Mapping[int, str] = rate.notes(asked, orders) if orders else {}
    return [
        {
            "number": order.number,
            "url": reverse("orders:detail", args=[order.number]),
            "buyer": order.buyer_name or _("Deleted"),
            "placed": moments.text(order.placed_at, asked.zone),
            "note": notes.get(order.pk, ""),
            "status": order.status,
            "label": OrderStatus(order.status).label,
        }
        for order in orders
    ]


def _pager(url: str, page: Page[Order]) -> dict[str, str]:
    """The steps that there are."""
    steps: dict[str, str] = {}
    if page.previous:
        steps |= {"first_url": url, "previous_url": f"{url}&after={page.previous}"}
    if page.next:
        steps |= {"next_url": f"{url}&before={page.next}", "last_url": f"{url}&end=1"}
    return steps
