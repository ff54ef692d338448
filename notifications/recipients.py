"""Who is told of what, and when it suits them (N2)."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Membership
from notifications.models import Recipient
from notifications.states import RIGHTS, Way


def ensure(sellers: Iterable[int], now: datetime) -> None:
    """Every active member of these sellers has an inbox and their own address, both as they are by default."""
    without = Membership.objects.filter(seller__in=set(sellers)).exclude(recipients__way=Way.PORTAL)
    fresh = [
        each for member in without.select_related("seller__marketplace") for each in defaults(member, now)
    ]
    Recipient.objects.bulk_create(fresh, ignore_conflicts=True)


def defaults(member: Membership, now: datetime) -> list[Recipient]:
    """What a member has who never chose anything; not yet saved."""
    zone = member.seller.marketplace.time_zone
    return [Recipient(membership=member, way=way, confirmed_at=now, time_zone=zone) for way in Way]


def of_member(member: Membership, now: datetime) -> list[Recipient]:
    """Their inbox first, then their own address, then the others; the defaults where nothing was chosen yet."""
    kept = list(Recipient.objects.filter(membership=member).order_by("-way", "email")) or defaults(
        member, now
    )
    for each in kept:
        each.membership = member
    return kept


def told_of(kind: str, recipients: Iterable[Recipient]) -> list[Recipient]:
    """Those who asked for this kind, may see it, and confirmed their address."""
    return [each for each in recipients if kind in each.kinds and may_get(kind, each)]


def may_get(kind: str, recipient: Recipient) -> bool:
    """Whether this kind may go there at all, switched on or not."""
    member = recipient.membership
    is_reachable = recipient.confirmed_at is not None and member.user.is_active
    return is_reachable and member.may(RIGHTS[kind])


def suits_at(recipient: Recipient, now: datetime) -> datetime:
    """When a notice may leave: at once, or when the quiet hours of that place are over."""
    if recipient.quiet_from is None or recipient.quiet_until is None:
        return now
    zone = ZoneInfo(recipient.time_zone)
    if not _within(now.astimezone(zone).time(), recipient.quiet_from, recipient.quiet_until):
        return now
    return _next(recipient.quiet_until, zone, now)


def digest_due_at(recipient: Recipient, now: datetime) -> datetime:
    """When the next digest leaves; for who wants each notice by itself there is none."""
    if recipient.digest_at is None:
        raise ValueError("this recipient gets no digest")
    return _next(recipient.digest_at, ZoneInfo(recipient.time_zone), now)


def _within(at: time, start: time, end: time) -> bool:
    """Whether a wall clock is in the hours from start to end, over midnight or not."""
    return start <= at < end if start <= end else at >= start or at < end


def _next(at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """The next moment after now when the clocks of the zone show this time."""
    local = now.astimezone(zone)
    for days in (0, 1):
        moment = datetime.combine(local.date() + timedelta(days=days), at, tzinfo=zone)
        if moment.astimezone(now.tzinfo) > now:
            break
    return moment.astimezone(now.tzinfo)
