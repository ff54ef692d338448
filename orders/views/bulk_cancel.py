"""Cancel the orders that were picked in the list: which and why, then each by itself (O11)."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import clock, counting
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import changes, undecided
from orders.bulk import cancel, contents, once, selection
from orders.bulk.selection import Picked
from orders.forms.bulk import CancelManyForm
from orders.views import bulk

KIND = "cancel"
NAMED = 20
"""Numbers that a page names for each reason why orders are left as they are."""


@requires(Right.CANCEL)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_many(request: SellerRequest) -> HttpResponse:
    """Ask for the reason, with the orders counted and frozen; then a batch. Sent twice it is the same batch."""
    # A question is always counted and shown first; only what was shown can be confirmed.
    is_confirmed = "confirm" in request.POST and "all" not in request.POST
    if request.method == "POST" and not is_confirmed:
        return bulk.ask(request)
    picked = selection.picked(bulk.asked(request), request.seller, clock.now())
    if picked.problem:
        return bulk.refused(request, picked.problem)
    if not picked.seen:
        # Before what the page shows: what happens in between is then told for each order.
        picked = replace(picked, seen=changes.marks(picked.pks))
    form = CancelManyForm(request.POST if is_confirmed else None, initial={"key": bulk.fresh_key()})
    if is_confirmed and form.is_valid():
        return _begin(request, picked, form)
    if is_confirmed and "key" in form.errors:
        return bulk.refused(request, bulk.stale())
    status = 422 if form.errors else 200
    return render(request, "orders/bulk_cancel.html", _shown(request, picked, form), status=status)


def _begin(request: SellerRequest, picked: Picked, form: CancelManyForm) -> HttpResponse:
    """On to the progress of the batch; a key that was used up, or is somebody else's, leads back."""
    asked = form.cleaned_data
    params = {"reason": asked["reason"], "memo": asked["memo"]}
    said = once.digest([sorted(picked.pks), params])
    batch = bulk.sent_before(asked["key"]) or undecided.create_batch(
        picked.orders(request.seller).values_list("pk", flat=True),
        seller=request.seller,
        kind=KIND,
        rows=cancel.rows(picked.orders(request.seller), picked.seen),
        key=asked["key"],
        actor=Actor.seller(request.user),
        now=clock.now(),
        params={**params, once.PARAM: said},
    )
    if not once.is_same(batch, request.seller, KIND, said):
        return bulk.refused(request, bulk.stale())
    return redirect("batches:batch", batch.key)


def _shown(request: SellerRequest, picked: Picked, form: CancelManyForm) -> dict[str, Any]:
    """How many can be canceled, the first of them, and the others with the reasons."""
    free, left = cancel.sort_out(picked.orders(request.seller))
    return {
        "form": form,
        "free": len(free),
        "free_written": counting.written(len(free)),
        "rows": contents.told(request.seller, free),
        "beyond": max(len(free) - contents.SHOWN, 0),
        "picked": selection.frozen(free, request.seller, picked.seen) if free else "",
        "left": [(why, numbers[:NAMED], max(len(numbers) - NAMED, 0)) for why, numbers in left.items()],
        "left_count": sum(map(len, left.values())),
        "back": bulk.way_back(request),
    }
