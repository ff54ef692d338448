"""People who signed in again a moment ago, as changes of permissions ask for."""

import time

from django.test import Client

from accounts.models import User


def refresh(client: Client, user: User, *, method: str = "password", seconds: float = 0) -> Client:
    """Note in the session that this person signed in again so many seconds ago, as allauth does."""
    session = client.session
    record = {"method": method, "at": time.time() - seconds, "reauthenticated": True}
    session["account_authentication_methods"] = [record]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def fresh(user: User) -> Client:
    """Return a browser in which the person signed in again a moment ago."""
    client = Client()
    client.force_login(user)
    return refresh(client, user)
