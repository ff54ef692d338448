"""Which seller a signed-in person works for at the moment."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from accounts.models import Membership

SESSION_KEY = "seller"


class SellerMiddleware:
    """Sets `request.membership` and `request.seller`; None for strangers and for staff without a seller.

    `request.memberships` are all that the person may switch to. What a signed-in person is shown is not kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        memberships = _memberships(request)
        chosen = request.session.get(SESSION_KEY) if memberships else None
        membership = next((each for each in memberships if each.seller_id == chosen), None)
        membership = membership or next(iter(memberships), None)
        request.memberships = memberships  # type: ignore[attr-defined]
        request.membership = membership  # type: ignore[attr-defined]
        request.seller = membership.seller if membership else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.user.is_authenticated:
            # Buyers' names and addresses stay in no cache, the browser's on a shared desk included.
            patch_cache_control(response, private=True, no_store=True)
        return response


def _memberships(request: HttpRequest) -> list[Membership]:
    """The person's, first joined first; the chosen seller counts only while the person is its member."""
    if not request.user.is_authenticated:
        return []
    return list(
        Membership.objects.filter(user=request.user).select_related("seller__marketplace").order_by("pk")
    )
