"""What a seller's member is mailed, in their language; never the buyer's name, address or words."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.money import Money
from notifications import unsubscribe, words
from notifications.models import Notice, Recipient
from notifications.states import Kind
from notifications.words import About
from orders.mails import Fact, Letter, Part, one_line
from orders.models import Order

ABOUT = ("order__seller__marketplace", "listing", "event__actor")


def letter(notice: Notice, to: Recipient) -> Letter:
    """The letter of a notice to this member; call it in their language."""
    kind = Kind(notice.kind)
    if kind == Kind.TEST:
        return _test(to)
    if kind == Kind.CONFIRM_ADDRESS:
        return _confirm(to)
    return digest(notice, to) if kind == Kind.DIGEST else _told(notice, to)


def parts(digest: Notice) -> list[Notice]:
    """What a digest tells: its notices, without those that were overtaken since."""
    found = digest.parts.select_related(*ABOUT).order_by("pk")
    return [part for part in found if not words.is_overtaken(About.of(part))]


def digest(notice: Notice, to: Recipient) -> Letter:
    """All that happened since the last one, each with its page."""
    told = [About.of(part) for part in parts(notice)]
    seller = one_line(to.membership.seller.name)
    return Letter(
        subject=_("%(seller)s: your day, %(count)d notices") % {"seller": seller, "count": len(told)},
        heading=_("Your day at %(seller)s") % {"seller": seller},
        parts=list(_parts(told)),
        button=_("Open the portal"),
        url=_whole(reverse("home")),
        sender=seller,
        **_foot(to, Kind.DIGEST),
    )


def _parts(told: Iterable[About]) -> Iterable[Part]:
    for about in told:
        yield Part(words.heading(about), words.body(about), _whole(words.path(about)))


def _told(notice: Notice, to: Recipient) -> Letter:
    about = About.of(notice)
    return Letter(
        subject=words.heading(about),
        heading=str(about.kind.label),
        paragraphs=[words.body(about)],
        items=_items(about.order) if about.order else [],
        facts=_facts(about),
        button=_("Open the order") if about.order else _("Open the listing"),
        url=_whole(words.path(about)),
        sender=one_line(to.membership.seller.name),
        **_foot(to, about.kind),
    )


def _items(order: Order) -> list[str]:
    return [f"{item.units_kept or item.quantity} × {one_line(item.title)}" for item in order.items.all()]


def _facts(about: About) -> list[Fact]:
    order, listing = about.order, about.listing
    if order:
        facts = [Fact(_("Order"), order.number), Fact(_("Total"), str(Money(order.total, order.currency)))]
        return [*facts, Fact(_("Shipping service"), order.service)]
    return [Fact(_("SKU"), listing.sku)] if listing else []


def _test(to: Recipient) -> Letter:
    return Letter(
        subject=_("Test mail from Shipby"),
        heading=_("It works"),
        paragraphs=[_("This is the test mail that you asked for: notices reach this address.")],
        button=_("Back to the portal"),
        url=_whole(reverse("notifications:why")),
        sender=one_line(to.membership.seller.name),
    )


def _confirm(to: Recipient) -> Letter:
    seller, who = one_line(to.membership.seller.name), one_line(to.membership.user)
    sentence = _("%(who)s of %(seller)s asked for notices about orders to be sent to this address.")
    return Letter(
        subject=_("Confirm this address for notices of %(seller)s") % {"seller": seller},
        heading=_("Confirm this address"),
        paragraphs=[
            sentence % {"who": who, "seller": seller},
            _(
                "Nothing is sent here before somebody confirms it. If you do not know why you get this mail, leave it."
            ),
        ],
        button=_("Confirm the address"),
        url=_whole(reverse("notifications:confirm", args=[unsubscribe.confirm_token(to)])),
        sender=seller,
    )


def _foot(to: Recipient, kind: Kind) -> dict[str, Any]:
    sentence = _("You get this because “%(kind)s” is switched on for %(seller)s.")
    return {
        "foot": sentence % {"kind": kind.label, "seller": one_line(to.membership.seller.name)},
        "foot_link": _("Unsubscribe"),
        "foot_url": unsubscribe.url(to, kind),
    }


def _whole(path: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{path}"
