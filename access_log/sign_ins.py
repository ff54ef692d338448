"""Sign-ins in the access log: those that succeed, wherever they happen, and those that fail at a form."""

from typing import Any

from allauth.account.utils import url_str_to_user_pk
from django.http import HttpRequest

from access_log import record
from access_log.models import Action
from accounts.models import User

FORMS = ("account_login", "mfa_authenticate", "account_reauthenticate", "mfa_reauthenticate", "admin:login")
LONGEST_ADDRESS = 254
PENDING = "account_login"
"""Under which allauth keeps a sign-in whose second step is still to come."""


def signed_in(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Log a sign-in. Django sends this in the transaction that opens the session."""
    if request is not None:
        record.write(request, Action.SIGN_IN, user_id=user.pk)


def failed(request: HttpRequest) -> None:
    """Log a wrong password or code: of whose account, where there is one, never what was typed."""
    record.write(request, Action.SIGN_IN_FAILED, user_id=_whose(request))


def _whose(request: HttpRequest) -> int | None:
    if request.user.is_authenticated:
        return request.user.pk
    pending = request.session.get(PENDING)
    if isinstance(pending, dict) and pending.get("user_pk"):
        pk: int = url_str_to_user_pk(pending["user_pk"])
        return pk
    typed = request.POST.get("login", "")[:LONGEST_ADDRESS]
    if not typed or "\0" in typed:
        return None
    return User.objects.filter(email__iexact=typed).values_list("pk", flat=True).first()
