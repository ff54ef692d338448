"""Where an invitation's link leads: to join with a new account, or with the one that the address has."""

from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import clock, invitations
from accounts.forms import JoinForm
from accounts.middleware import SESSION_KEY
from accounts.models import Invitation, Right, User
from accounts.team import TeamRefused

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("invitation-password", "invitation-password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link invites to, and join. A changed link is a 404, one that is over says why."""
    try:
        found = invitations.of_token(token)
    except Invitation.DoesNotExist:
        raise Http404 from None
    try:
        invitations.check_open(found, now=clock.now())
        return _answer(request, found)
    except TeamRefused as refusal:
        return _page(request, found, "refused", status=410, sentence=str(refusal))


def _answer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """What this person can do with an open invitation."""
    if request.user.is_authenticated and request.user.email != invitation.email:
        return _page(request, invitation, "other", status=403)
    if request.user.is_authenticated:
        return _accept(request, invitation)
    if invitations.has_account(invitation):
        query = urlencode({"next": request.path})
        return _page(request, invitation, "sign_in", login_url=f"{resolve_url(settings.LOGIN_URL)}?{query}")
    return _join(request, invitation)


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Somebody who is signed in joins with one button."""
    if request.method != "POST":
        return _page(request, invitation, "accept")
    invitations.accept(invitation, cast(User, request.user), now=clock.now())
    return _welcome(request, invitation)


def _join(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Somebody new makes an account for the invited address and no other."""
    data = request.POST if request.method == "POST" else None
    form = JoinForm(data, email=invitation.email, prefix="invitation")
    if data is None or not form.is_valid():
        return _page(request, invitation, "join", form=form, status=200 if data is None else 422)
    user = invitations.join(
        invitation,
        name=form.cleaned_data["name"],
        password=form.cleaned_data["password"],
        language=get_language() or settings.LANGUAGE_CODE,
        now=clock.now(),
    )
    login(request, user, backend=BACKEND)
    return _welcome(request, invitation)


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """On to the home page, working for the seller that was joined."""
    request.session[SESSION_KEY] = invitation.seller_id
    messages.success(request, _("Welcome to %(seller)s.") % {"seller": invitation.seller.name})
    return redirect("home")


def _page(
    request: HttpRequest, invitation: Invitation, step: str, *, status: int = 200, **more: object
) -> HttpResponse:
    rights = [right.label for right in Right if right in invitation.rights]
    context = {"invitation": invitation, "step": step, "rights": rights, **more}
    return render(request, "accounts/invitation.html", context, status=status)
