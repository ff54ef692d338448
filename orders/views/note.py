"""Writing the private note of an order."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import notes
from orders.forms.note import NoteForm
from orders.refusals import Refused


@requires(Right.SHIP)
@require_POST
def note(request: SellerRequest, number: str) -> HttpResponse:
    """The order's note says this from now on; what cannot be one is said on the order's page."""
    order = get_object_or_404(request.seller.orders, number=number)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["text"])))
        return redirect("orders:detail", number)
    try:
        kept = notes.set(order, form.cleaned_data["text"], Actor.seller(request.user), clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The note is saved.") if kept else _("The order has no note."))
    return redirect("orders:detail", number)
