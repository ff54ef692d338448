"""What the test of every address needs of notices: records of one member, and what stands in their forms."""

from typing import Any

from accounts.models import Seller, User
from notifications import unsubscribe
from notifications.models import InboxItem, Notice, Recipient
from notifications.states import Kind, State, Way
from tests.factories import NOON


def told(seller: Seller, user: User) -> dict[str, list[object]]:
    """A mail that failed, and something unread, of this member; what the addresses of their pages are made of."""
    member = seller.memberships.get(user=user)
    own = {"membership": member, "confirmed_at": NOON}
    mailbox, _portal = (Recipient.objects.create(way=way, **own) for way in (Way.MAIL, Way.PORTAL))
    InboxItem.objects.create(
        key=f"unread:{member.pk}", membership=member, kind=Kind.SOLD, order=seller.orders.first(), at=NOON
    )
    words = {"state": State.FAILED, "created_at": NOON, "next_try_at": NOON}
    notice = Notice.objects.create(
        key=f"failed:{member.pk}",
        kind=Kind.SOLD,
        seller=seller,
        order=seller.orders.first(),
        recipient=mailbox,
        **words,
    )
    return {
        "notifications:resend": [notice.pk],
        "notifications:times": ["own"],
        "notifications:unsubscribe": [unsubscribe.url(mailbox, Kind.SOLD).split("/")[-2]],
        "notifications:confirm": [unsubscribe.confirm_token(mailbox)],
        "notifications:remove_address": [mailbox.pk],
    }


def mailbox(world: Any) -> dict[str, str]:
    return {"email": "warehouse@example.com"}


def times(world: Any) -> dict[str, str]:
    return {"own-quiet_from": "22:00", "own-quiet_until": "07:00", "own-time_zone": "UTC"}
