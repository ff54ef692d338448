"""Saved views: save what is on the screen, rename, bring up to date, put in order, share, delete, start with (O19)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from config.htmx import template_for
from orders.forms.desk import Question, QuestionForm
from orders.forms.saved_views import NameForm, NewViewForm, UpdateForm
from orders.lists import saved_views, view_changes
from orders.lists.saved_views import Mine
from orders.lists.view_changes import ViewChanged, ViewRefused, Wanted
from orders.lists.view_words import Words
from orders.models import SavedView
from orders.models.saved_view import LONGEST_QUERY


@requires(Right.VIEW)
@require_safe
def views(request: SellerRequest) -> HttpResponse:
    """All views that the member may open, their own first."""
    return _list(request)


@requires(Right.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SellerRequest) -> HttpResponse:
    """Save a question under a name; 422 with the page of it where the name will not do."""
    may_share = request.membership.may(Right.SETTINGS)
    if request.method != "POST":
        asked = QuestionForm(request.GET).question()
        form = NewViewForm(initial={"query": asked.query()}, may_share=may_share)
        return _new_page(request, form, asked)
    form = NewViewForm(request.POST, may_share=may_share)
    asked = Question.read(form.data.get("query", "")[:LONGEST_QUERY], request.seller)
    if form.is_valid() and (view := _created(request, form, asked)):
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return redirect(saved_views.url(view, request.membership, clock.now()))
    return _new_page(request, form, asked, status=422)


@requires(Right.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SellerRequest, pk: int) -> HttpResponse:
    """Rename it; 409 with the page again where somebody changed it meanwhile."""
    view = _changeable(request, pk)
    if request.method != "POST":
        form = NameForm(initial={"name": view.name, "version": view.version})
        return _edit_page(request, view, form)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, view, form, status=422)
    try:
        view_changes.rename(view, form.cleaned_data["name"], version=form.cleaned_data["version"])
    except ViewChanged as changed:
        again = NameForm(initial={"name": form.cleaned_data["name"], "version": changed.version})
        messages.warning(request, str(changed))
        return _edit_page(request, view, again, status=409)
    except ViewRefused as refusal:
        form.add_error(None, str(refusal))
        return _edit_page(request, view, form, status=422)
    messages.success(request, _("The name is changed."))
    return redirect("orders:views")


@requires(Right.VIEW)
@require_POST
def update(request: SellerRequest, pk: int) -> HttpResponse:
    """The view asks for what is on the screen; what was changed meanwhile is shown first, and not overwritten."""
    view, form = _changeable(request, pk), UpdateForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("This could not be saved; open the view and try again."))
        return redirect(saved_views.url(view, request.membership, clock.now()))
    asked = Question.read(form.cleaned_data["query"], request.seller)
    try:
        view_changes.update(view, _wanted(request, view.name, asked), version=form.cleaned_data["version"])
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    except ViewRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect(asked.url(view=view.pk))


@requires(Right.VIEW)
@require_POST
def move(request: SellerRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    view, by = _changeable(request, pk), {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if by:
        view_changes.move(view, by, membership=request.membership)
    return _list(request) if request.htmx else redirect("orders:views")


@requires(Right.VIEW)
@require_POST
def share(request: SellerRequest, pk: int) -> HttpResponse:
    """The team's, or one's own again; with the right to settings alone."""
    if not request.membership.may(Right.SETTINGS):
        raise PermissionDenied(
            _("You do not have the right “%(right)s” here.") % {"right": Right.SETTINGS.label}
        )
    view, is_shared = _changeable(request, pk), request.POST.get("is_shared") == "1"
    try:
        view_changes.share(view, membership=request.membership, is_shared=is_shared)
    except ViewRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect("orders:views")


@requires(Right.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SellerRequest, pk: int) -> HttpResponse:
    """Ask once, then it is gone; no order is touched."""
    view = _changeable(request, pk)
    if request.method != "POST":
        return render(request, "orders/view_delete.html", {"view": view})
    view_changes.delete(view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("orders:views")


@requires(Right.VIEW)
@require_POST
def start(request: SellerRequest) -> HttpResponse:
    """Manage Orders opens with this view from now on; with the plain list where none is named."""
    mine = saved_views.of(request.membership)
    view = _found(mine, request.POST.get("view", "")) if request.POST.get("view") else None
    view_changes.start_with(view, membership=request.membership)
    if view is None:
        messages.success(request, _("Orders opens with the unshipped orders."))
    else:
        messages.success(request, _("Orders opens with “%(name)s”.") % {"name": view.name})
    return redirect("orders:views")


def _found(mine: Mine, pk: int | str) -> SavedView:
    """A view that the member may open; anything else is no page."""
    text = str(pk)
    view = mine.find(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if view is None:
        raise Http404
    return view


def _changeable(request: SellerRequest, pk: int) -> SavedView:
    """A view that the member may change; the team's asks for the right to settings."""
    mine = saved_views.of(request.membership)
    view = _found(mine, pk)
    if not mine.may_change(view):
        raise PermissionDenied(_("This view is the team's; it is changed with the right to settings."))
    return view


def _wanted(request: SellerRequest, name: str, asked: Question, columns: Any = None) -> Wanted:
    query, days = saved_views.kept(asked, request.membership, clock.now())
    return Wanted(name, query, days, columns)


def _created(request: SellerRequest, form: NewViewForm, asked: Question) -> SavedView | None:
    """The new view; None with the reason on the form."""
    cleaned, mine = form.cleaned_data, saved_views.of(request.membership)
    shown = mine.columns(mine.find(cleaned["of"]))
    kept = [column.key for column in shown] if cleaned["with_columns"] else None
    wanted = _wanted(request, cleaned["name"], asked, kept)
    try:
        return view_changes.create(
            wanted, membership=request.membership, is_shared=cleaned.get("is_shared", False)
        )
    except ViewRefused as refusal:
        form.add_error("name", str(refusal))
        return None


def _list(request: SellerRequest) -> HttpResponse:
    now, mine, words = clock.now(), saved_views.of(request.membership), Words(request.seller)
    rows = [(view, _row(view, mine, words, now)) for view in mine.views]
    parts = [
        {"title": _("My views"), "rows": [row for view, row in rows if not view.is_shared]},
        {"title": _("Shared with the team"), "rows": [row for view, row in rows if view.is_shared]},
    ]
    context = {
        "parts": [part for part in parts if part["rows"]],
        "may_share": mine.membership.may(Right.SETTINGS),
        "most": saved_views.MOST,
    }
    return render(request, template_for(request, "orders/views.html", "views"), context)


def _row(view: SavedView, mine: Mine, words: Words, now: datetime) -> dict[str, Any]:
    asked = saved_views.question(view, mine.membership, now)
    return {
        "view": view,
        "url": asked.url(),
        "words": words.of(asked, view),
        "may_change": mine.may_change(view),
        "is_start": view.pk == mine.preference.start_view_id,
    }


def _new_page(request: SellerRequest, form: NewViewForm, asked: Question, status: int = 200) -> HttpResponse:
    context = {"form": form, "words": Words(request.seller).of(asked), "back_url": asked.url()}
    return render(request, "orders/view_new.html", context, status=status)


def _edit_page(request: SellerRequest, view: SavedView, form: NameForm, status: int = 200) -> HttpResponse:
    asked = saved_views.question(view, request.membership, clock.now())
    words = Words(request.seller).of(asked, view)
    context = {"form": form, "view": view, "words": words, "open_url": asked.url()}
    return render(request, "orders/view_edit.html", context, status=status)
