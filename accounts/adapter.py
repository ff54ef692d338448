"""How sign-in differs from what allauth does by itself."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone: a person comes by invitation of a seller."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
