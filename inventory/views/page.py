"""One listing: its figures, its form, its ledger and its picture (I1, I5)."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.form_fields import CursorField
from accounts.keyset import Page, Turn
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from inventory import ledger, picture, sentences, versions
from inventory.forms.listing import EditForm
from inventory.models import ChangeKind, Fulfilment, Listing, StockMovement

PANEL = "ledger"
CHANGES = 10
TONES = {ChangeKind.CLOSED: "bad", ChangeKind.REOPENED: "good"}


class PlaceForm(forms.Form):
    """Which page of the ledger."""

    before = CursorField(required=False)
    after = CursorField(required=False)
    end = forms.BooleanField(required=False)

    def turn(self) -> Turn:
        """What is asked for; what makes no sense is the first page."""
        self.full_clean()
        asked = self.cleaned_data.get
        return Turn(below=asked("before"), above=asked("after"), at_end=asked("end") or False)


@requires(Right.VIEW)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def listing(request: SellerRequest, pk: int) -> HttpResponse:
    """The listing as it stands now, with what this member may do; the ledger alone where htmx asks for it."""
    found = get_object_or_404(request.seller.listings, pk=pk)
    zone = request.seller.marketplace.time_zone
    page = ledger.page(found, PlaceForm(request.GET).turn())
    context: dict[str, Any] = {
        "listing": found,
        "lines": ledger.lines(found, page.rows, zone),
        "pager": _pager(found, page),
    }
    if request.htmx.target == PANEL:
        return render(request, f"inventory/listing.html#{PANEL}", context)
    return render(request, "inventory/listing.html", {**context, **_record(request, found, zone)})


def _record(request: SellerRequest, found: Listing, zone: str) -> dict[str, Any]:
    """Everything beside the ledger."""
    days = ledger.days(found, clock.now(), zone)
    form = EditForm(listing=found)
    return {
        "zone": zone,
        "statuses": found.statuses,
        "price": Money(found.price, found.currency),
        "may_edit": request.membership.may(Right.SHIP),
        "is_afn": found.fulfilment == Fulfilment.AFN,
        "fulfilment": Fulfilment(found.fulfilment).label,
        "handling": sentences.value("handling_days", found.handling_days, found.currency),
        "form": form,
        "hidden": versions.hidden(found, form),
        "days": days[::-1],
        "picture": picture.of(days),
        "timeline": _timeline(found),
    }


def _timeline(found: Listing) -> list[dict[str, object]]:
    """The latest changes, as components/timeline.html shows them."""
    rows = found.changes.select_related("actor").order_by("-at", "-pk")[:CHANGES]
    return [
        {
            "text": sentences.change(row, found.currency),
            "when": row.at,
            "tone": TONES.get(ChangeKind(row.kind), ""),
            "meta": f"{sentences.who(row)} · {sentences.whence(row)}",
        }
        for row in rows
    ]


def _pager(found: Listing, page: Page[StockMovement]) -> dict[str, str]:
    """The steps that there are."""
    address, steps = reverse("inventory:listing", args=[found.pk]), {}
    if page.previous:
        steps["first_url"] = address
        steps["previous_url"] = f"{address}?after={page.previous}"
    if page.next:
        steps["next_url"] = f"{address}?before={page.next}"
        steps["last_url"] = f"{address}?end=1"
    return steps
