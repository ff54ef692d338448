"""Who may open which page: members only, each with the rights they were given."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, Right, Seller, User


class SellerRequest(HttpRequest):
    """A request of a signed-in member; every look-up starts at its seller."""

    user: User  # the page is behind the sign-in
    seller: Seller
    membership: Membership
    htmx: HtmxDetails


View = Callable[..., HttpResponseBase]


def requires(*rights: Right) -> Callable[[View], View]:
    """Let in members with this right, or one of these, of the seller they work for at the moment.

    Signed out: the sign-in page. Member of no seller: 404. Without the right: 403 with a sentence.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: SellerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.membership is None:
                raise Http404
            if not any(request.membership.may(right) for right in rights):
                words = {"right": " / ".join(str(right.label) for right in rights)}
                raise PermissionDenied(_("You do not have the right “%(right)s” here.") % words)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
