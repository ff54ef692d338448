"""One statement: how it adds up, its picture, its orders, and the files of it (P1)."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import calendars, clock, keyset
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from payments import documents, periods, rows
from payments.desk import NEWEST
from payments.forms import MomentsForm, NumbersForm
from payments.models import Statement
from payments.views.listing import steps, turned

LARGEST = 2**31 - 1


@requires(Right.REPORT)
@require_safe
def statement(request: SellerRequest, number: int) -> HttpResponse:
    """A closed statement for good, or the running one as it stands."""
    found = _find(request, number)
    context = {
        "statement": found,
        "period": periods.name(found),
        "picture": periods.picture(found),
        "marketplace": request.seller.marketplace,
        **(_closed(request, found) if found.is_closed else _running(request, found)),
    }
    return render(request, "payments/statement.html", context)


@requires(Right.REPORT)
@require_safe
def pdf(request: SellerRequest, number: int) -> HttpResponse:
    """The closed statement as a PDF in the reader's language."""
    found = _find_closed(request, number)
    headers = {"Content-Disposition": f'inline; filename="{_file(found)}.pdf"'}
    return HttpResponse(documents.pdf(found), content_type="application/pdf", headers=headers)


@requires(Right.REPORT)
@require_safe
def table(request: SellerRequest, number: int) -> HttpResponseBase:
    """The closed statement with all its orders as CSV, sent while it is read."""
    found = _find_closed(request, number)
    headers = {"Content-Disposition": f'attachment; filename="{_file(found)}.csv"'}
    return StreamingHttpResponse(
        documents.table(found), content_type="text/csv; charset=utf-8", headers=headers
    )


def _find(request: SellerRequest, number: int) -> Statement:
    """The seller's statement of that number; the first one also before the sweep has written it."""
    found = request.seller.statements.filter(number=min(number, LARGEST)).first()
    if found is None and number == 1:
        found = periods.running(request.seller, clock.now())
    if found is None:
        raise Http404
    found.seller = request.seller
    return found


def _find_closed(request: SellerRequest, number: int) -> Statement:
    found = get_object_or_404(request.seller.statements.closed(), number=min(number, LARGEST))
    found.seller = request.seller
    return found


def _file(statement: Statement) -> str:
    return f"statement-{statement.seller.slug}-{statement.number}"


def _closed(request: SellerRequest, statement: Statement) -> dict[str, Any]:
    form = NumbersForm(request.GET)
    lines = statement.lines.select_related("payment")
    page = keyset.page(lines, "-id", form.turn())
    return {
        "facts": documents.facts(statement),
        "problems": form.problems(),
        "rows": rows.of_lines(page.rows, request.seller),
        "pager": steps(turned(_address(statement)), page),
    }


def _running(request: SellerRequest, statement: Statement) -> dict[str, Any]:
    form = MomentsForm(request.GET)
    today = calendars.local_date(clock.now(), request.seller.marketplace.time_zone)
    page = keyset.page(periods.taken_up(statement), NEWEST, form.turn())
    return {
        "facts": _as_it_stands(periods.standing(request.seller, statement, today)),
        "is_over": statement.closes_on < today,
        "problems": form.problems(),
        "rows": rows.of_payments(page.rows, request.seller, today),
        "pager": steps(turned(_address(statement)), page),
    }


def _as_it_stands(standing: periods.Standing) -> list[dict[str, Any]]:
    """What the running period comes to so far."""
    amounts = [
        (_("Carried over"), standing.statement.carried_over, False),
        (_("Available now"), standing.available, False),
        (_("Available until the last day"), standing.in_period - standing.available, False),
        (_("To be paid"), standing.expected, True),
    ]
    currency = standing.statement.currency
    return [
        {"label": label, "value": str(Money(amount, currency)), "total": is_total}
        for label, amount, is_total in amounts
        if amount or is_total or label != _("Carried over")
    ]


def _address(statement: Statement) -> str:
    return reverse("payments:statement", args=[statement.number])
