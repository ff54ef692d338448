"""Steps of the tests of saved views."""

from typing import Any

from accounts.models import Membership, Seller
from orders.models import SavedView


def of_alice(seller: Seller) -> Membership:
    return Membership.objects.select_related("user", "seller").get(seller=seller, user__name="Alice")


def saved(member: Membership, name: str, query: str = "tab=unshipped", **more: Any) -> SavedView:
    """A view of the member's own."""
    return SavedView.objects.create(seller=member.seller, owner=member, name=name, query=query, **more)


def shared(seller: Seller, name: str, query: str = "tab=unshipped", **more: Any) -> SavedView:
    """A view of the team's."""
    return SavedView.objects.create(seller=seller, owner=None, name=name, query=query, **more)


def own(member: Membership) -> list[str]:
    """The names of the member's own views in their order."""
    return list(SavedView.objects.filter(owner=member).order_by("place", "pk").values_list("name", flat=True))


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, (response.status_code, response.headers)
    return " ".join(response.content.decode().split())
