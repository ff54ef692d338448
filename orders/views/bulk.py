"""What the pages of many orders share: the way back to the list, and what is said where nothing can be done."""

import uuid

from django.contrib import messages
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import session_values
from accounts.rights import SellerRequest
from batches.models import Batch
from orders.models.saved_view import LONGEST_QUERY

LONGEST = LONGEST_QUERY + 500
"""The list's question and the page of it."""


def ask(request: SellerRequest) -> HttpResponseRedirect:
    """Redirect a selection to the page that asks about it, so that Back and reload send nothing again."""
    return redirect(session_values.keep(request, "selected", request.POST.urlencode()))


def asked(request: SellerRequest) -> QueryDict:
    """Return the form that was sent, or the selection that the page's address names."""
    return request.POST if request.method == "POST" else QueryDict(session_values.find(request, "selected"))


def way_back(request: SellerRequest) -> str:
    """The list as the person left it, its page included; the plain list for anything that is none of it."""
    address, _mark, query = asked(request).get("back", "").partition("?")
    listing = reverse("orders:list")
    if address != listing or not query or len(query) > LONGEST:
        return listing
    return f"{listing}?{QueryDict(query).urlencode()}"


def refused(request: SellerRequest, problem: str) -> HttpResponseRedirect:
    """Back to the list, with the reason."""
    messages.warning(request, problem)
    return HttpResponseRedirect(way_back(request))


def stale() -> str:
    """A page whose key, or whose orders, cannot be read."""
    return _("This page has gone stale. Pick the orders again.")


def sent_before(key: uuid.UUID) -> Batch | None:
    """The batch that was made with this key; whose it is, and of which form, is asked by `once.is_same`."""
    return Batch.objects.filter(key=key).first()


def fresh_key() -> uuid.UUID:
    """For a page that is made now."""
    return uuid.uuid4()
