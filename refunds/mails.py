"""The mail that tells a buyer of a refund: the one that is sent, and the same one before anything is (R2, R8).

It holds the seller's memo and never the private note, which no function here takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.money import Money
from orders import buyer_links, buyer_page, languages, mails
from orders.mails import Fact, Letter, Mail, one_line
from orders.models import Order
from refunds import books
from refunds.amounts import Split
from refunds.models import Refund


@dataclass(frozen=True)
class Part:
    """What goes back for one item, for how many whole units of it, and how many of them won't be shipped."""

    title: str
    split: Split
    units: int
    given_up: int = 0


def to_buyer(refund: Refund) -> Mail:
    """The mail about a refund whose money has moved, in the buyer's language."""
    return mails.write(lambda: letter(refund), languages.of_buyer(refund.order))


def letter(refund: Refund) -> Letter:
    """The same as a letter; call it in the buyer's language."""
    lines = list(refund.lines.select_related("item"))
    split = books.parts_of(lines)
    parts = [
        Part(line.item.title, split[line.item_id][0], line.units, line.units_unsupplied) for line in lines
    ]
    written = _letter(refund.order, parts, refund.memo, is_less_shipping=refund.is_less_shipping)
    return replace(written, url=buyer_links.url_for(refund.order))


def preview(order: Order, parts: Sequence[Part], memo: str, *, is_less_shipping: bool) -> Letter:
    """The letter as it will be, in the buyer's language; without the link, which lets its holder act as the buyer."""
    with translation.override(languages.of_buyer(order)):
        return _letter(order, parts, memo.strip(), is_less_shipping=is_less_shipping)


def _letter(order: Order, parts: Sequence[Part], memo: str, *, is_less_shipping: bool) -> Letter:
    marketplace, seller = order.seller.marketplace, one_line(order.seller.name)
    total = sum((part.split for part in parts), Split())
    words = {"amount": Money(total.total, order.currency), "number": order.number}
    paragraphs = [_("It goes back the way you paid. Your bank may take a few days to show it.")]
    if is_less_shipping:
        paragraphs.append(_("The shipping cost is not refunded."))
    if given_up := [f"{part.given_up} × {one_line(part.title)}" for part in parts if part.given_up]:
        paragraphs.append(_("Will not be shipped: %(units)s.") % {"units": ", ".join(given_up)})
    return Letter(
        subject=_("Refund for your order %(number)s") % words,
        heading=_("You were refunded %(amount)s") % words,
        paragraphs=paragraphs,
        quote=memo,
        quote_from=_("%(seller)s writes") % {"seller": seller},
        items=[_item(part, order.currency) for part in parts],
        facts=[*_sums(total, order.currency), Fact(_("Order"), order.number), Fact(_("Seller"), seller)],
        button=_("See your order"),
        foot=buyer_page.reply_hint(order),
        sender=one_line(marketplace.name),
    )


def _item(part: Part, currency: str) -> str:
    words = {"title": one_line(part.title), "amount": Money(part.split.total, currency)}
    if part.units:
        return _("%(units)d × %(title)s: %(amount)s") % {**words, "units": part.units}
    return _("%(title)s: %(amount)s") % words


def _sums(total: Split, currency: str) -> list[Fact]:
    """What the amount is made of, as far as there is any of it."""
    sums = [
        (_("Price"), total.price),
        (_("Shipping"), total.shipping),
        (_("Tax"), total.tax + total.shipping_tax),
    ]
    return [Fact(label, str(Money(minor, currency))) for label, minor in sums if minor]
