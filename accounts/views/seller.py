"""A person who works for several sellers chooses one."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.middleware import SESSION_KEY
from accounts.models import Membership, User


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Work for this seller from now on. A seller whose member the person is not is a 404."""
    pk = request.POST.get("seller", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    if not Membership.objects.filter(user=cast(User, request.user), seller__pk=int(pk)).exists():
        raise Http404
    request.session[SESSION_KEY] = int(pk)
    return redirect("home")
