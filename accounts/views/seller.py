"""A person who works for several sellers chooses one."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.middleware import SESSION_KEY
from accounts.models import Membership, User


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Work for this seller from now on. A seller whose member the person is not is a 404.

    Then home, or `next`: the page of that seller whose form was refused.
    """
    pk = request.POST.get("seller", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    if not Membership.objects.filter(user=cast(User, request.user), seller__pk=int(pk)).exists():
        raise Http404
    request.session[SESSION_KEY] = int(pk)
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return redirect(page if is_ours else "home")
