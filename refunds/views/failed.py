"""Refunds that the payment provider refused: the list that the home page counts (R7, H2)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import keyset, moments
from accounts.keyset import Page
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from refunds.forms.desk import QuestionForm
from refunds.models import Refund


@requires(Right.VIEW)
@require_safe
def failed(request: SellerRequest) -> HttpResponse:
    """One page of them, the newest first; each is tried again from its order."""
    turn = QuestionForm(request.GET).question().turn
    found = request.seller.refunds.failed_of_seller().select_related("order").order_by()
    page = keyset.page(found, "-finished_at", turn)
    zone = request.seller.marketplace.time_zone
    context = {"rows": [_row(refund, zone) for refund in page.rows], "pager": _pager(page)}
    return render(request, "refunds/failed.html", context | {"marketplace": request.seller.marketplace})


def _row(refund: Refund, zone: str) -> dict[str, Any]:
    return {
        "number": refund.order.number,
        "url": f"{reverse('orders:detail', args=[refund.order.number])}#refunds",
        "amount": str(Money(refund.amount, refund.currency)),
        "reason": refund.get_reason_display(),
        "error": _(refund.error) if refund.error else "",
        "failed": moments.text(refund.finished_at, zone) if refund.finished_at else "",
    }


def _pager(page: Page[Refund]) -> dict[str, str]:
    """The steps that there are."""
    address = reverse("refunds:failed")
    steps: dict[str, str] = {}
    if page.previous:
        steps |= {"first_url": address, "previous_url": f"{address}?after={page.previous}"}
    if page.next:
        steps |= {"next_url": f"{address}?before={page.next}", "last_url": f"{address}?end=1"}
    return steps
