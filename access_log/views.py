"""Unusual access, for the owners of a seller: who opened very many orders within minutes."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access_log.sweeps import MANY, WITHIN
from accounts.models import Right
from accounts.rights import SellerRequest, requires

MOST = 100


@requires(Right.OWNER)
@require_safe
def unusual(request: SellerRequest) -> HttpResponse:
    """The last finds, the newest first; the home page counts those of today and yesterday."""
    found = request.seller.unusual_accesses.select_related("user").order_by("-found_at", "-pk")[:MOST]
    context = {
        "rows": found,
        "many": MANY,
        "minutes": int(WITHIN.total_seconds()) // 60,
        "zone": request.seller.marketplace.time_zone,
    }
    return render(request, "access_log/unusual.html", context)
