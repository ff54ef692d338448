"""Which seller a signed-in person works for at the moment."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import Membership

SESSION_KEY = "seller"


class SellerMiddleware:
    """Sets `request.membership` and `request.seller`; None for strangers and for staff without a seller."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = _membership(request)
        request.membership = membership  # type: ignore[attr-defined]
        request.seller = membership.seller if membership else None  # type: ignore[attr-defined]
        return self.get_response(request)


def _membership(request: HttpRequest) -> Membership | None:
    """The chosen seller's, while the person is still its member; else the one they joined first."""
    if not request.user.is_authenticated:
        return None
    memberships = list(
        Membership.objects.filter(user=request.user).select_related("seller__marketplace").order_by("pk")
    )
    chosen = request.session.get(SESSION_KEY)
    return next(
        (each for each in memberships if each.seller_id == chosen), memberships[0] if memberships else None
    )
