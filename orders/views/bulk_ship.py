"""Confirm the shipment of many orders in a grid, typed or pasted from a spreadsheet (O14, O15)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from batches import engine
from config.htmx import template_for
from orders.bulk import grid, paste, selection, ship
from orders.bulk.grid import Desk, Left, Line, Seen, Typed
from orders.entry.cart import NUMBER
from orders.forms.bulk import PasteForm, key_of
from orders.forms.package import carrier_choices
from orders.models import Order
from orders.views import bulk

TOP = "top"


@dataclass
class Page:
    """What the page shows beside the lines."""

    problems: list[str] = field(default_factory=list)
    pasted: int = 0
    status: int = 200


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def ship_many(request: SellerRequest) -> HttpResponse:
    """The grid; the same filled from the top line or from a sheet; or the batch. Sent twice it is the same batch."""
    desk = Desk(request.seller, clock.now())
    if request.method != "POST":
        return _show(request, desk, [], Page())
    if "grid" not in request.POST:
        return _fresh(request, desk)
    numbers = [number for number in dict.fromkeys(request.POST.getlist("line")) if NUMBER.fullmatch(number)]
    numbers = [number for number in numbers if number != request.POST.get("drop")][: grid.MOST]
    typed = grid.typed_in(request.POST, numbers)
    if "paste" in request.POST:
        return _pasted(request, desk, typed)
    if "confirm" in request.POST and (orders := _orders(request, typed)):
        return _confirm(request, desk, orders, typed)
    if "fill" in request.POST:
        typed = grid.filled(typed, grid.typed_in(request.POST, [TOP]).get(TOP, {}))
    return _show(request, desk, _lines(request, desk, typed), Page())


def _fresh(request: SellerRequest, desk: Desk) -> HttpResponse:
    """The grid of the orders that were picked in the list."""
    picked = selection.picked(request.POST, request.seller, desk.now, most=grid.MOST)
    if picked.problem:
        return bulk.refused(request, _beyond() if picked.is_too_many else picked.problem)
    found = picked.orders(request.seller).select_related("seller__marketplace").order_by("ship_by", "pk")
    orders, left = grid.sort_out(found, desk.now)
    return _show(request, desk, grid.lines(orders, desk), Page(), left)


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


def _lines(request: SellerRequest, desk: Desk, typed: Mapping[str, Typed]) -> list[Line]:
    """The lines as they stand in the page, nothing checked yet."""
    return grid.lines(_orders(request, typed), desk, typed=typed)


def _pasted(request: SellerRequest, desk: Desk, typed: dict[str, dict[str, str]]) -> HttpResponse:
    """The grid with what the sheet says; its orders that were not in it yet come in."""
    form = PasteForm(request.POST)
    if not form.is_valid():
        problems = [str(error) for errors in form.errors.values() for error in errors]
        return _show(request, desk, _lines(request, desk, typed), Page(problems, status=422))
    pasted = paste.read(form.cleaned_data["pasted"])
    problems = pasted.problems
    merged = {**typed, **{number: _merged(typed.get(number, {}), row) for number, row in pasted.rows.items()}}
    orders = _orders(request, merged)
    known = {order.number for order in orders}
    unknown = _("%(number)s is none of your orders.")
    problems += [unknown % {"number": number} for number in pasted.rows if number not in known]
    orders, left = grid.sort_out(orders, desk.now)
    if len(orders) > grid.MOST:
        problems.append(_beyond())
        orders = orders[: grid.MOST]
    checked = [number for number in pasted.rows if number in known]
    lines = grid.lines(orders, desk, typed=merged, checked=checked, pasted=checked)
    page = Page(problems, sum(line.is_pasted for line in lines), 200 if not problems else 422)
    return _show(request, desk, lines, page, left)


def _merged(typed: Typed, row: Typed) -> dict[str, str]:
    """A line with what the sheet says of it; an empty cell leaves what was typed."""
    said = {name: value for name, value in row.items() if value}
    name = said.pop("carrier_name", "")
    if name and said.get("carrier", "").casefold() in ("", "other"):
        said["carrier"] = f"Other: {name}"
    return {**typed, **said}


def _confirm(
    request: SellerRequest, desk: Desk, orders: Sequence[Order], typed: Mapping[str, Typed]
) -> HttpResponse:
    """Hand the lines to a batch where all of them are right; else show them with what is wrong."""
    lines = grid.lines(orders, desk, typed=typed, checked=typed)
    key = key_of(request.POST)
    seen = [Seen.read(request.POST.get(f"{line.order.number}-seen", "")) for line in lines]
    pairs = [(line, mark) for line, mark in zip(lines, seen, strict=True) if mark]
    if key is None or len(pairs) < len(lines):
        stale = _("This page has gone stale. Check the lines and confirm again.")
        return _show(request, desk, lines, Page([stale], status=422))
    wrong = sum(not line.form.is_valid() for line in lines)
    if wrong:
        return _show(request, desk, lines, Page(status=422))
    batch = engine.create(
        seller=request.seller,
        kind="ship",
        rows=ship.rows(pairs),
        key=key,
        actor=Actor.seller(request.user),
        now=desk.now,
    )
    return bulk.begun(request, batch)


def _show(
    request: SellerRequest, desk: Desk, lines: Sequence[Line], page: Page, left: Sequence[Left] = ()
) -> HttpResponse:
    """The page; a piece of it where htmx asks for the grid."""
    top = grid.typed_in(request.POST, [TOP]).get(TOP, {})
    context: dict[str, Any] = {
        "lines": lines,
        "left": left,
        "problems": page.problems,
        "pasted": page.pasted,
        "wrong": sum(bool(line.form.errors) for line in lines),
        "key": key_of(request.POST) or bulk.fresh_key(),
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
