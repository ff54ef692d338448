"""How sign-in differs from what allauth does by itself."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse

from accounts import client
from accounts.models import Membership, User

# Sessions are kept with an address of the right form.
NO_ADDRESS = "::"


@dataclass(frozen=True)
class Site:
    """The portal as mails name it."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: an account begins on the page of an invitation (`accounts:invitation`)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that sign-in throttles count by. Behind a socket all requests share one."""
        return client.address(request) or NO_ADDRESS

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Ask people who have a second factor for that one: a password alone neither removes nor replaces it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"] or methods

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail the context, with name and address of the portal from the settings.

        The host of the request is the client's own word.
        """
        site = Site(settings.MFA_TOTP_ISSUER, settings.PUBLIC_BASE_URL)
        super().send_mail(template_prefix, email, {**context, "current_site": site})

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _at_base(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        return _at_base(super().get_email_confirmation_url(request, emailconfirmation))

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """An answer reaches the customer service of the marketplace that the person works at."""
        message: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        member = Membership.objects.filter(user__email__iexact=email).order_by("pk")
        found = member.values_list("seller__marketplace__service_email", flat=True).first()
        message.reply_to = [found] if found else []
        return message

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """The pages speak the language that the person chose last, on whichever machine."""
        response: HttpResponse = super().post_login(request, user, **details)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite="Lax",
            )
        return response


def _at_base(url: str) -> str:
    """Return the address with the portal's own host, whatever host was asked for."""
    return f"{settings.PUBLIC_BASE_URL}{urlsplit(url).path}"
