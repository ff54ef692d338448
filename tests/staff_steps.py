"""The marketplace's staff in tests of the admin: a client with certain permissions, and what a page says."""

from html import unescape
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import StaffPermission
from tests.factories import UserFactory
from tests.sign_in import fresh


def staff(*permissions: StaffPermission, name: str = "Sam Staff") -> Client:
    """Sign in a member of staff with these permissions; without any, they only read."""
    user: Any = UserFactory(is_staff=True, name=name)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return fresh(user)


def text(response: Any) -> str:
    """Return the page's source as one line."""
    return unescape(" ".join(response.content.decode().split()))


def seen(response: Any) -> str:
    """Return the order's last event as the page's form carries it."""
    return str(response.context["mark"])
