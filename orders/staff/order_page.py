"""What every page has on which staff act on an AFN order: permission, whose order it is, the page, the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.models import StaffPermission
from accounts.staff_pages import StaffPage, person, require
from inventory.models import Fulfilment
from orders.changes import Changed
from orders.models import Order
from orders.refusals import MoveRefused, Refused, Stale

RECORD = "admin:orders_order_change"


@dataclass(frozen=True)
class Visit:
    """A member of staff at a page of the admin, about one order that the marketplace fulfills."""

    page: StaffPage
    request: HttpRequest
    order: Order

    @property
    def actor(self) -> Actor:
        return Actor.staff(person(self.request))

    @property
    def posted(self) -> Any:
        """Return the form's data; None where the page is only opened."""
        return self.request.POST if self.request.method == "POST" else None

    def show(self, title: str, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Return a page about the order."""
        order = self.order
        shown = {
            **self.page.admin_site.each_context(self.request),
            "title": title,
            "opts": Order._meta,
            "order": order,
            "record": order.number,
            "record_url": reverse(RECORD, args=[order.pk]),
            **context,
        }
        return TemplateResponse(self.request, f"admin/afn/{template}.html", shown, status=status)

    def explain(self, title: str, reason: str) -> HttpResponse:
        """Return the page with the reason in place of its form; 409 where the form was sent."""
        return self.show(title, "on_order", {"reason": reason}, 409 if self.posted is not None else 200)

    def done(self, sentence: str, level: int = messages.SUCCESS, url: str = "") -> HttpResponse:
        """Go back to the order, or elsewhere, and say what was done."""
        self.page.message_user(self.request, sentence, level)
        return redirect(url or reverse(RECORD, args=[self.order.pk]))


View = Callable[..., HttpResponse]


def address(page: StaffPage, route: str, name: str, permission: StaffPermission, view: View) -> URLPattern:
    """Return a URL of a page of the admin about the order `pk`; `view` takes the Visit and the route's other parts.

    Staff without the permission get a 403, and so does everybody for an order that its seller ships.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    def guarded(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
        require(request, permission)
        orders = Order.objects.select_related("payment", "seller__marketplace")
        visit = Visit(page, request, get_object_or_404(orders, pk=pk))
        if visit.order.fulfilment != Fulfilment.AFN:
            reason = _("The seller ships this order, so the seller works on it.")
            return visit.show(_("Not fulfilled by the marketplace"), "on_order", {"reason": reason}, 403)
        return view(visit, **more)

    return path(route, page.admin_site.admin_view(guarded), name=name)


def refused(refusal: Refused) -> tuple[dict[str, Any], int]:
    """Return what a page says of a refusal, and its status: 409 where the order changed, else 422."""
    if isinstance(refusal, Changed):
        return {"change": refusal}, 409
    return {"refusal": str(refusal)}, 409 if isinstance(refusal, MoveRefused | Stale) else 422
