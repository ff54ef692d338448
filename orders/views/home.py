"""Home: what cannot wait, then the day at a glance (H1, H2)."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock, counting
from accounts.models import Right
from accounts.rights import SellerRequest
from orders import home_warnings, home_work, slots
from orders.figures import rate_cards, rates, sales
from orders.lists import counts
from orders.lists.attention import Attention
from orders.lists.desk import Question
from orders.states import Tab


@login_required
@require_safe
def home(request: SellerRequest) -> HttpResponse:
    """Warnings first, each leading to the list that it counts; a friendly page for who may not see orders."""
    if request.membership is None or not request.membership.may(Right.VIEW):
        return render(request, "orders/home_bare.html")
    seller, now = request.seller, clock.now()
    held = counts.by_tab(seller)
    context = {"seller": seller, "is_new": not any(held.values()), "marketplace": seller.marketplace}
    if not context["is_new"]:
        context |= _day(request, held, now)
    return render(request, "orders/home.html", context)


def _day(request: SellerRequest, held: dict[str, int], now: datetime) -> dict[str, Any]:
    """All that the page of a seller with orders shows."""
    seller, about = request.seller, (request.seller, request.membership, now)
    waiting = home_warnings.count(seller, now)
    channels = sales.channels(seller)
    asked = sales.QuestionForm(request.GET).question(channels)
    period = rates.period(seller, rates.LONGEST, now)
    return {
        "warnings": [*home_warnings.of(seller, waiting, now), *slots.fill("home", *about)],
        "work": [_to_ship(waiting[Attention.SHIP_TODAY]), *slots.fill("home_work", *about)],
        "rates": rate_cards.of(period),
        "tabs": [
            {"label": tab.label, "count": counting.written(held[tab]), "url": Question(tab=tab).url()}
            for tab in Tab
        ],
        **sales.picture(asked, channels, period),
    }


def _to_ship(number: int) -> slots.Filling:
    url = Question(attention=Attention.SHIP_TODAY).url()
    return home_work.tiles([home_work.tile(_("To ship today"), number, url, "truck")])
