"""Packing slips of the picked orders as one document, and the mark that they were printed (O19)."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access_log import record
from accounts import clock, counting
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders.bulk import printing, selection
from orders.bulk.printing import Sheets
from orders.views import bulk


@requires(Right.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def print_slips(request: SellerRequest) -> HttpResponse:
    """The document; where some orders have no slip, or they are too many for one, a page that says so first."""
    now = clock.now()
    picked = selection.picked(request.POST, request.seller, now)
    if picked.problem:
        return bulk.refused(request, picked.problem)
    sheets = printing.sheets(picked.orders(request.seller))
    is_asked = "picked" in request.POST
    if not sheets.pks or len(sheets.parts) > 1 or (sheets.without and not is_asked):
        return _parts(request, sheets)
    document = printing.document(request.seller, sheets.pks)
    orders = request.seller.orders.filter(pk__in=sheets.pks)
    record.detail(request, orders=len(sheets.pks))
    printing.mark_printed(orders, request.membership, now)
    headers = {"Content-Disposition": f'inline; filename="packing-slips-{now:%Y-%m-%d}.pdf"'}
    return HttpResponse(document, content_type="application/pdf", headers=headers)


def _parts(request: SellerRequest, sheets: Sheets) -> HttpResponse:
    """The documents to open one after another."""
    parts = [
        {"first": first, "last": last, "picked": selection.frozen(pks, request.seller)}
        for first, last, pks in sheets.parts
    ]
    context = {
        "parts": parts,
        "slips": len(sheets.pks),
        "slips_written": counting.written(len(sheets.pks)),
        "without": sheets.without,
        "most": printing.MOST,
        "may_mark": request.membership.may(Right.SHIP),
        "back": bulk.way_back(request),
    }
    return render(request, "orders/bulk_slips.html", context)


@requires(Right.SHIP)
@require_POST
def mark_printed(request: SellerRequest) -> HttpResponseRedirect:
    """Note that the slips were printed, or with printed=no that they were not."""
    now = clock.now()
    picked = selection.picked(request.POST, request.seller, now)
    if picked.problem:
        return bulk.refused(request, picked.problem)
    is_printed = request.POST.get("printed") != "no"
    sheets = printing.sheets(picked.orders(request.seller))
    printing.mark(request.seller.orders.filter(pk__in=sheets.pks), now if is_printed else None)
    messages.success(request, _marked(len(sheets.pks), is_printed=is_printed))
    return HttpResponseRedirect(bulk.way_back(request))


def _marked(count: int, *, is_printed: bool) -> str:
    words = {"n": counting.written(count)}
    if not count:
        return _("None of these orders has a packing slip.")
    if is_printed:
        sentence = ngettext("%(n)s order is marked as printed.", "%(n)s orders are marked as printed.", count)
    else:
        sentence = ngettext(
            "%(n)s order is marked as not printed.", "%(n)s orders are marked as not printed.", count
        )
    return sentence % words
