"""Why do I get no e-mails? The questions in the order in which to ask them (N3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import moments
from accounts.models import Membership
from notifications import recipients
from notifications.models import Notice, Recipient
from notifications.states import MISSED, WAITING, Kind, State, Way
from orders.models import Order

LAST = 5
PATIENCE = timedelta(minutes=5)
NO_SERVER = (
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.console.EmailBackend",
)


@dataclass(frozen=True)
class Check:
    """One question with its answer: tone good, info, warn or bad."""

    title: str
    tone: str
    answer: str
    url: str = ""
    link: str = ""


def of(member: Membership, now: datetime) -> list[Check]:
    """Each question with what was found, for this member's own mail (N3)."""
    mailboxes = [each for each in recipients.of_member(member, now) if each.way == Way.MAIL]
    return [
        _switched_on(mailboxes),
        *_unconfirmed(mailboxes),
        *_held_back(mailboxes),
        _orders_since(member, now),
        _last_ones(member),
        _leaving(member, now),
    ]


def _switched_on(mailboxes: Sequence[Recipient]) -> Check:
    title, url = _("Are they switched on?"), reverse("notifications:settings")
    places = [each.address for each in mailboxes if Kind.SOLD in each.kinds]
    if places:
        sentence = _("Yes: “Sold, ship now” goes to %(addresses)s.")
        return Check(title, "good", sentence % {"addresses": ", ".join(places)}, url, _("See all switches"))
    if any(each.kinds for each in mailboxes):
        answer = _("“Sold, ship now” is switched off for all your addresses; other kinds are on.")
        return Check(title, "warn", answer, url, _("Switch it on"))
    answer = _("No: every kind is switched off for all your addresses.")
    return Check(title, "bad", answer, url, _("Switch some on"))


def _unconfirmed(mailboxes: Sequence[Recipient]) -> Iterator[Check]:
    waiting = [each.address for each in mailboxes if each.confirmed_at is None]
    if waiting:
        sentence = _("Not yet: %(addresses)s. Open the link in the mail that was sent there.")
        yield Check(_("Are the addresses confirmed?"), "warn", sentence % {"addresses": ", ".join(waiting)})


def _held_back(mailboxes: Sequence[Recipient]) -> Iterator[Check]:
    """Quiet hours and digests are no faults, but they are why a mail comes later."""
    title, url = _("Are they held back?"), reverse("notifications:settings")
    for each in mailboxes:
        words = {"address": each.address, "zone": each.time_zone}
        if each.digest_at:
            words["at"] = f"{each.digest_at:%H:%M}"
            answer = _("%(address)s gets one mail a day, at %(at)s (%(zone)s).") % words
            yield Check(title, "info", answer, url, _("Change"))
        elif each.quiet_from and each.quiet_until:
            words |= {"start": f"{each.quiet_from:%H:%M}", "end": f"{each.quiet_until:%H:%M}"}
            answer = _("Nothing is sent to %(address)s from %(start)s to %(end)s (%(zone)s).") % words
            yield Check(title, "info", answer, url, _("Change"))


def _orders_since(member: Membership, now: datetime) -> Check:
    """Whether there was anything to tell since the last one that left."""
    title = _("Were there new orders since the last one?")
    own = Notice.objects.filter(
        seller=member.seller, recipient__membership=member, kind=Kind.SOLD, state=State.SENT
    )
    last = own.order_by("-created_at", "-pk").values_list("created_at", flat=True).first()
    orders = Order.objects.filter(seller=member.seller, authorised_at__gt=last or now - timedelta(days=30))
    count = len(orders.values_list("pk", flat=True)[:1000])
    since = moments.text(last, member.seller.marketplace.time_zone) if last else _("30 days ago")
    if count:
        sentence = ngettext("%(n)d order since %(since)s.", "%(n)d orders since %(since)s.", count)
        return Check(title, "info", sentence % {"n": count, "since": since})
    answer = _("No: no order since %(since)s, so there was nothing to tell.") % {"since": since}
    return Check(title, "good", answer, reverse("orders:list"), _("See the orders"))


def _last_ones(member: Membership) -> Check:
    title, url = _("Did the last ones arrive?"), reverse("notifications:mails")
    own = Notice.objects.filter(seller=member.seller, recipient__membership=member, part_of=None)
    last = list(own.exclude(state__in=WAITING).order_by("-created_at", "-pk")[:LAST])
    missed = [notice for notice in last if notice.state in MISSED]
    if not last:
        return Check(title, "info", _("None was sent to you yet."))
    if not missed:
        return Check(title, "good", _("The mail server took all of the last %(n)d.") % {"n": len(last)})
    words = {"n": len(missed), "all": len(last), "why": missed[0].last_error}
    answer = _("%(n)d of the last %(all)d did not. The mail server said: %(why)s") % words
    return Check(title, "bad", answer, f"{url}?missed=1", _("See them, and send them again"))


def _leaving(member: Membership, now: datetime) -> Check:
    """Whether mail leaves the portal at all at the moment."""
    title = _("Does mail leave the portal?")
    if settings.EMAIL_BACKEND in NO_SERVER:
        answer = _("No mail server is set up: mails are written to %(place)s instead of being sent.")
        place = getattr(settings, "EMAIL_FILE_PATH", None) or _("the console")
        return Check(title, "warn", answer % {"place": place})
    stuck = Notice.objects.filter(seller=member.seller).due(now - PATIENCE).first()
    if stuck is None:
        return Check(title, "good", _("Yes: nothing is stuck."))
    words = {"since": moments.text(stuck.next_try_at, member.seller.marketplace.time_zone)}
    words["why"] = stuck.last_error or _("no answer yet")
    answer = _(
        "Mails have been waiting since %(since)s: %(why)s. They leave by themselves when the server is back."
    )
    return Check(title, "bad", answer % words)
