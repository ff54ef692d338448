"""Cancel the orders that were picked in the list (O11)."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import bulk_cancel
from orders.bulk_cancel import Outcome, Result
from orders.cart import NUMBER
from orders.forms.cancel import CancelForm
from orders.rows import Rows, columns

MOST_AT_ONCE = 100


@requires(Right.CANCEL)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_many(request: SellerRequest) -> HttpResponse:
    """Ask for the reason, then cancel each order by itself; sent twice it changes nothing more."""
    numbers = [number for number in dict.fromkeys(request.POST.getlist("order")) if NUMBER.fullmatch(number)]
    if problem := _problem(request, numbers):
        messages.warning(request, problem)
        return redirect("orders:list")
    form = CancelForm(request.POST if "confirm" in request.POST else None)
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "orders/list_cancel.html", _picked(request, form, numbers), status=status)
    outcomes = bulk_cancel.cancel(
        numbers,
        seller=request.seller,
        reason=form.cleaned_data["reason"],
        actor=Actor.seller(request.user),
        now=clock.now(),
    )
    return render(request, "orders/list_canceled.html", _answered(outcomes))


def _problem(request: SellerRequest, numbers: list[str]) -> str | None:
    """Why there is nothing to ask, in a sentence."""
    if request.method != "POST" or not numbers:
        return _("Pick the orders to cancel first.")
    if len(numbers) > MOST_AT_ONCE:
        return _("At most %(most)d orders can be canceled at once.") % {"most": MOST_AT_ONCE}
    return None


def _picked(request: SellerRequest, form: CancelForm, numbers: list[str]) -> dict[str, Any]:
    """The picked orders, those apart that cannot be canceled any more."""
    orders = columns(request.seller.orders.filter(number__in=numbers)).order_by("-placed_at", "-pk")
    rows = Rows(request.membership, clock.now()).of(list(orders))
    return {
        "form": form,
        "rows": [row for row in rows if row.cancel_url],
        "others": [row for row in rows if not row.cancel_url],
    }


def _answered(outcomes: list[Outcome]) -> dict[str, Any]:
    """What became of each, and how many were canceled by this very request."""
    results = Counter(outcome.result for outcome in outcomes)
    return {
        "outcomes": outcomes,
        "canceled": results[Result.CANCELED],
        "already": results[Result.ALREADY],
        "refused": results[Result.REFUSED] + results[Result.UNKNOWN],
    }
