"""The devices on which a person is signed in: allauth lists them, and each can be signed out."""

from typing import cast

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one of the person's other devices out; this one is signed out by its own page."""
    found = get_object_or_404(UserSession, pk=pk, user=cast(User, request.user))
    if found.is_current():
        return redirect("account_logout")
    get_adapter().end_sessions([found])
    messages.success(request, _("The device is signed out."))
    return redirect("usersessions_list")
