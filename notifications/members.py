"""Pages that every member of a seller has, whatever else they may."""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase

from accounts.rights import SellerRequest, View


def members_only(view: View) -> View:
    """Let in whoever works for a seller. Signed out: the sign-in page. Member of none: 404."""

    @login_required
    @wraps(view)
    def guarded(request: SellerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.membership is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
