"""What changes permissions asks for the password, or the second factor, once more: not only for an open browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponseBase

from accounts import form_seller
from accounts.rights import SellerRequest

View = Callable[..., HttpResponseBase]


def fresh_sign_in(view: View) -> View:
    """Lead whoever did not sign in again within the last minutes to do so; their form is then sent on.

    A form that waited for the sign-in did not pass the middleware again, so it is asked here whose it is.
    """

    @wraps(view)
    def guarded(request: SellerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return form_seller.refusal_of(request, view) or view(request, *args, **kwargs)

    fresh: View = reauthentication_required(guarded)
    return fresh
