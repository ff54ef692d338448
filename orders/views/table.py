"""The table of Manage Orders as one member wants it: which columns, in which order, how dense, how long (O19)."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders.forms.desk import Question, QuestionForm
from orders.forms.table import TableForm
from orders.lists import columns, saved_views, view_changes
from orders.lists.saved_views import Mine
from orders.lists.view_changes import ViewRefused
from orders.models import SavedView
from orders.models.saved_view import LONGEST_QUERY, Density

PLAIN = {"columns": [], "density": Density.COMPACT, "size": 50, "sort": ""}


@requires(Right.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: SellerRequest) -> HttpResponse:
    """Choose and keep; a step up or down shows the form again with nothing kept; 409 after a change elsewhere."""
    mine = saved_views.of(request.membership)
    asked = _asked(request)
    view = _own(mine, asked)
    if request.method != "POST":
        form = TableForm.of(mine.preference, mine.columns(view))
        return _page(request, form, asked, view)
    form = TableForm(request.POST)
    if move := request.POST.get("move"):
        return _page(request, form.moved(move), asked, view)
    if not form.is_valid():
        return _page(request, form, asked, view, status=422)
    try:
        _keep(mine, form, view if request.POST.get("only_view") == "1" else None, request.POST)
    except ViewRefused as refusal:
        messages.warning(request, f"{refusal} {_('Save again to replace it.')}")
        return _page(request, _renewed(request, form), asked, view, status=409)
    messages.success(request, _("The table is as you want it."))
    return redirect(asked.url())


def _asked(request: SellerRequest) -> Question:
    """The list that the page was opened from; it leads back there."""
    if request.method != "POST":
        return QuestionForm(request.GET).question()
    return QuestionForm(QueryDict(request.POST.get("back", "")[:LONGEST_QUERY])).question()


def _own(mine: Mine, asked: Question) -> SavedView | None:
    """The view that is open, where the member may give it columns of its own."""
    view = mine.find(asked.view)
    return view if view and mine.may_change(view) else None


@transaction.atomic
def _keep(mine: Mine, form: TableForm, view: SavedView | None, sent: QueryDict) -> None:
    """Everything, or the columns for the view and the rest for all lists. Raises ViewRefused."""
    is_reset = "reset" in sent
    values = (
        PLAIN | {} if is_reset else {name: form.cleaned_data[name] for name in ("density", "size", "sort")}
    )
    version = form.cleaned_data["version"]
    if view is None:
        values["columns"] = [] if is_reset else columns.keys(form.chosen())
    else:
        shown = None if is_reset else [column.key for column in form.chosen()]
        view_changes.set_columns(view, shown, version=_version(sent))
        values.pop("columns", None)
    view_changes.prefer(values, membership=mine.membership, version=version)


def _version(sent: QueryDict) -> int:
    """The version of the view that the page showed; 0, which none has, for anything else."""
    text = sent.get("view_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _renewed(request: SellerRequest, form: TableForm) -> TableForm:
    """What was typed, on top of what is there by now."""
    again = form.moved("")
    again.initial["version"] = saved_views.of(request.membership).preference.version
    return again


def _page(
    request: SellerRequest, form: TableForm, asked: Question, view: SavedView | None, status: int = 200
) -> HttpResponse:
    is_only = (
        request.POST.get("only_view") == "1" if request.method == "POST" else bool(view and view.columns)
    )
    context = {
        "form": form,
        "columns": form.columns(),
        "view": view,
        "is_only": is_only,
        "back": asked.url().partition("?")[2],
        "back_url": asked.url(),
    }
    return render(request, "orders/table.html", context, status=status)
