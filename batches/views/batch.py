"""A batch: its progress, what became of each row, and the wish to stop it or to try the refused rows again."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock, counting
from accounts.actors import Actor, Source
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from batches import engine, kinds, results
from batches.models import Batch
from batches.states import BatchState

PANEL = "batch"


@requires(Right.VIEW)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def batch(request: SellerRequest, key: uuid.UUID) -> HttpResponse:
    """Show how far it is, and its results; asked again every other second until it is over.

    What the rows of a feed say, as its processing report does, is for who may do what they do.
    """
    found = get_object_or_404(request.seller.batches.select_related("actor"), key=key)
    if found.source == Source.FEED:
        _check_may(request, found)
    context = {**told(found), **results.context(found, results.question(found, request.GET))}
    context["may"] = _may(request, found)
    context["home"] = kinds.home(found)
    context["follower"] = None if found.is_open or found.done_count == found.total else engine.follower(found)
    page = "batches/batch.html"
    return render(request, f"{page}#{PANEL}" if request.htmx.target == PANEL else page, context)


@requires(Right.VIEW)
@require_POST
def stop(request: SellerRequest, key: uuid.UUID) -> HttpResponse:
    """Begin no further row."""
    found = _own(request, key)
    engine.stop(found, now=clock.now())
    messages.info(request, _("No further row is begun. What was done stays done."))
    return redirect("batches:batch", key=key)


@requires(Right.VIEW)
@require_POST
def again(request: SellerRequest, key: uuid.UUID) -> HttpResponse:
    """Try what was refused or left out in a new batch: one, however often and from how many tabs it is asked for."""
    found = _own(request, key)
    if home := kinds.home(found):
        return redirect(home)
    made = engine.again(found, actor=Actor.seller(request.user, Source(found.source)), now=clock.now())
    if made is None:
        messages.info(request, _("There is nothing to try again."))
    return redirect("batches:batch", key=made.key if made else key)


def told(found: Batch) -> dict[str, Any]:
    """What `batches/progress.html` shows."""
    return {
        "batch": found,
        "label": kinds.label(found.kind),
        "handled": counting.written(found.handled),
        "total": counting.written(found.total),
        "done": counting.written(found.done_count),
        "refused": counting.written(found.refused_count),
        "left": counting.written(found.total - found.handled),
        "is_stopping": found.is_open and found.stop_asked_at is not None,
        "tone": _tone(found),
    }


def _tone(found: Batch) -> str:
    """How the outcome looks: good only when all of it was done."""
    if found.state == BatchState.FAILED:
        return "bad"
    if found.is_open:
        return "info"
    return "good" if found.done_count == found.total else "warn"


def _may(request: SellerRequest, found: Batch) -> bool:
    right = kinds.right(found.kind)
    return right is not None and request.membership.may(right)


def _own(request: SellerRequest, key: uuid.UUID) -> Batch:
    """The seller's batch, for somebody who may do what it does. Raises Http404 and PermissionDenied."""
    found = get_object_or_404(request.seller.batches.select_related("seller"), key=key)
    _check_may(request, found)
    return found


def _check_may(request: SellerRequest, found: Batch) -> None:
    if not _may(request, found):
        raise PermissionDenied(_("You do not have the right to do this here."))
