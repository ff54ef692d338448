"""Confirm the shipment of many orders in a grid, typed or pasted from a spreadsheet (O14, O15)."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from batches.models import Batch
from config.htmx import template_for
from orders import carriers, undecided
from orders.bulk import contents, grid, once, paste, selection, ship
from orders.bulk.grid import Desk, Left, Line, Sent, Typed
from orders.carriers import OTHER
from orders.forms.bulk import PasteForm
from orders.forms.keys import key_of
from orders.forms.package import carrier_choices
from orders.models import Order
from orders.views import bulk

TOP, KIND = "top", "ship"


@dataclass
class Page:
    """What the page shows beside the lines. It has a key of its own, or goes on with that of the form."""

    problems: list[str] = field(default_factory=list)
    status: int = 200
    left: Sequence[Left] = ()
    key: uuid.UUID = field(default_factory=bulk.fresh_key)


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def ship_many(request: SellerRequest) -> HttpResponse:
    """The grid; the same filled from the top line or from a sheet; or the batch. Sent twice it is the same batch."""
    desk = Desk(request.seller, clock.now())
    if request.method != "POST":
        return _fresh(request, desk) if "selected" in request.GET else _show(request, desk, [], Page())
    if "grid" not in request.POST:
        return bulk.ask(request)
    sent = grid.sent(request.POST)
    if "paste" in request.POST:
        return _pasted(request, desk, sent)
    if "confirm" in request.POST:
        return _confirm(request, desk, sent)
    if "fill" in request.POST:
        top = grid.typed_in(request.POST, [TOP]).get(TOP, {})
        sent = Sent(grid.filled(sent.typed, top), sent.seen)
    return _again(request, desk, sent, Page())


def _fresh(request: SellerRequest, desk: Desk) -> HttpResponse:
    """The grid of the orders that were picked in the list."""
    picked = selection.picked(bulk.asked(request), request.seller, desk.now, most=grid.MOST)
    if picked.problem:
        return bulk.refused(request, _beyond() if picked.is_too_many else picked.problem)
    found = picked.orders(request.seller).select_related("seller__marketplace").order_by("ship_by", "pk")
    orders, left = grid.sort_out(found, desk.now)
    return _show(request, desk, grid.lines(orders, desk), Page(left=left))


def _beyond() -> str:
    words = {"most": grid.MOST}
    return (
        _(
            "At most %(most)d shipments can be confirmed in one grid. For more at once, upload a Shipping "
            "Confirmation feed."
        )
        % words
    )


def _orders(request: SellerRequest, numbers: Collection[str]) -> list[Order]:
    """The seller's own of these orders, as they stand in the page."""
    found = request.seller.orders.select_related("seller__marketplace").filter(number__in=list(numbers))
    by_number = {order.number: order for order in found}
    return [by_number[number] for number in numbers if number in by_number]


def _again(request: SellerRequest, desk: Desk, sent: Sent, page: Page) -> HttpResponse:
    """The grid as it stands in the page, nothing checked yet, without what can be shipped no more."""
    orders, page.left = grid.sort_out(_orders(request, sent.typed), desk.now)
    return _show(request, desk, grid.lines(orders, desk, typed=sent.typed, seen=sent.seen), page)


def _pasted(request: SellerRequest, desk: Desk, sent: Sent) -> HttpResponse:
    """The grid with what the sheet says; its orders that were not in it yet come in."""
    form = PasteForm(request.POST)
    if not form.is_valid():
        problems = [str(error) for errors in form.errors.values() for error in errors]
        return _again(request, desk, sent, Page(problems, 422))
    pasted = paste.read(form.cleaned_data["pasted"])
    found = _orders(request, [*sent.typed, *(number for number in pasted.rows if number not in sent.typed)])
    known = {order.number for order in found}
    unknown = _("%(number)s is none of your orders.")
    problems = pasted.problems
    problems += [unknown % {"number": number} for number in pasted.rows if number not in known]
    orders, left = grid.sort_out(found, desk.now)
    parts = _parts(orders, pasted)
    problems += parts.values()
    rows = {number: row for number, row in pasted.rows.items() if number in known and number not in parts}
    merged = {
        **sent.typed,
        **{number: _merged(sent.typed.get(number, {}), row) for number, row in rows.items()},
    }
    orders = [order for order in orders if order.number in merged]
    if len(orders) > grid.MOST:
        problems.append(_beyond())
        orders = orders[: grid.MOST]
    lines = grid.lines(orders, desk, typed=merged, seen=sent.seen, checked=rows, pasted=rows)
    return _show(request, desk, lines, Page(problems, 422 if problems else 200, left))


def _parts(orders: Sequence[Order], pasted: paste.Pasted) -> dict[str, str]:
    """{order number: sentence} of those of which the sheet ships other units than a line of the grid would."""
    sentence = _(
        "%(number)s: the sheet ships %(count)d of %(open)d units. The grid ships whole orders; confirm a part on the "
        "order's own page."
    )
    counted = contents.units_open(order for order in orders if order.number in pasted.units)
    return {
        order.number: sentence
        % {"number": order.number, "count": pasted.units[order.number], "open": counted[order.pk]}
        for order in orders
        if order.pk in counted and counted[order.pk] != pasted.units[order.number]
    }


def _merged(typed: Typed, row: Typed) -> dict[str, str]:
    """A line with what the sheet says of it; an empty cell leaves what was typed."""
    said = {name: value for name, value in row.items() if value}
    name = said.pop("carrier_name", "")
    if name and carriers.recognized(said.get("carrier", OTHER)) == OTHER:
        said["carrier"] = f"Other: {name}"
    return {**typed, **said}


def _confirm(request: SellerRequest, desk: Desk, sent: Sent) -> HttpResponse:
    """Hand the lines to a batch where all of them are right and as they were seen; else show what is not."""
    key, form = key_of(request.POST), once.digest(sent.said)
    if key and (batch := bulk.sent_before(key)):
        return _begun(request, desk, sent, batch)
    orders, left = grid.sort_out(_orders(request, sent.typed), desk.now)
    if not orders and not left:
        return _show(request, desk, [], Page())
    lines = grid.lines(orders, desk, typed=sent.typed, seen=sent.seen, checked=sent.typed)
    if key is None or any(line.order.number not in sent.seen for line in lines):
        return _show(request, desk, lines, Page([_stale()], 422, left))
    if not all(line.form.is_valid() for line in lines):
        return _show(request, desk, lines, Page([], 422, left, key))
    lines = grid.told(lines)
    if left or any(line.news for line in lines):
        return _show(request, desk, lines, Page([], 409, left, key))
    batch = undecided.create_batch(
        [line.order.pk for line in lines],
        seller=request.seller,
        kind=KIND,
        rows=ship.rows(lines),
        key=key,
        actor=Actor.seller(request.user),
        now=desk.now,
        params={once.PARAM: form},
    )
    return _begun(request, desk, sent, batch)


def _begun(request: SellerRequest, desk: Desk, sent: Sent, batch: Batch) -> HttpResponse:
    """On to the progress of the batch that this form asked for; with other lines the key has been used up."""
    if once.is_same(batch, request.seller, KIND, once.digest(sent.said)):
        return redirect("batches:batch", batch.key)
    return _again(request, desk, sent, Page([_stale()], 422))


def _stale() -> str:
    return _("This page has gone stale. Check the lines and confirm again.")


def _show(request: SellerRequest, desk: Desk, lines: Sequence[Line], page: Page) -> HttpResponse:
    """The page; a piece of it where htmx asks for the grid."""
    top = grid.typed_in(request.POST, [TOP]).get(TOP, {})
    context: dict[str, Any] = {
        "lines": lines,
        "left": page.left,
        "problems": page.problems,
        "pasted": sum(line.is_pasted for line in lines),
        "wrong": sum(bool(line.form.errors) for line in lines),
        "changed": sum(bool(line.news) for line in lines),
        "asked": sum(line.is_asked for line in lines),
        "key": page.key,
        "top": {"ship_date": f"{desk.today}", **top},
        "today": f"{desk.today}",
        "zone": request.seller.marketplace.time_zone,
        "carriers": _carriers(request.seller.marketplace.country),
        "paste": PasteForm(),
        "most": grid.MOST,
        "back": bulk.way_back(request),
    }
    template = template_for(request, "orders/bulk_ship.html", "grid")
    return render(request, template, context, status=page.status)


def _carriers(country: str) -> list[str]:
    """The names to choose from while one types, the common ones first."""
    groups = carrier_choices(country)[1:]
    return [name for _group, choices in groups for name, _label in choices]
