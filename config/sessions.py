"""How long a sign-in lasts: half an hour unused, twelve hours in all."""

from collections.abc import Callable

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as PROOFS
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

BEGAN, SEEN = "session_began", "session_seen"
# Written at most once a minute, so that reading a page costs no write.
NOTED_EVERY_SECONDS = 60
# Sent by a page that asks by itself whether something is new: nobody sits there for that.
UNATTENDED = "X-Unattended"


class SessionLimitMiddleware:
    """A session past either limit is emptied: the person is signed out.

    Who confirms their identity once more gets a session key of its own, and the earlier one ends.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "_auth_user_id" in request.session:
            self._check(request)
        key, proofs = request.session.session_key, len(request.session.get(PROOFS, []))
        response = self.get_response(request)
        is_same = key is not None and request.session.session_key == key
        if is_same and len(request.session.get(PROOFS, [])) > proofs:
            request.session.cycle_key()
            UserSession.objects.filter(session_key=key).update(session_key=request.session.session_key)
        return response

    def _check(self, request: HttpRequest) -> None:
        now = timezone.now().timestamp()
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.setdefault(SEEN, now)
        if now - began > settings.SESSION_ABSOLUTE_SECONDS or now - seen > settings.SESSION_IDLE_SECONDS:
            request.session.flush()
        elif now - seen > NOTED_EVERY_SECONDS and UNATTENDED not in request.headers:
            request.session[SEEN] = now
