"""What a message may not hold (C5): card numbers, outside links, e-mail addresses, phone numbers, HTML.

`find` gives the passages with their places, so that a page can mark them; the text is never changed. It errs on
the side of the writer where a number may be an order's, a parcel's, a date or a price.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import card_numbers
from messaging import links, phone_numbers
from messaging.plain import fold


class Kind(models.TextChoices):
    """What is refused, in the order in which it is looked for."""

    CARD = "card", _("Card number")
    HTML = "html", _("HTML")
    ADDRESS = "address", _("E-mail address")
    LINK = "link", _("Link")
    PHONE = "phone", _("Phone number")


SENTENCES = {
    Kind.CARD: card_numbers.SENTENCE,
    Kind.HTML: _("Messages are plain text: take the HTML out."),
    Kind.ADDRESS: _("E-mail addresses are not allowed: answers reach you through this thread."),
    Kind.LINK: _("Links to other sites are not allowed."),
    Kind.PHONE: _("Phone numbers are not allowed: neither side gets the other's."),
}
TAGS = (
    "a|abbr|address|applet|area|article|aside|audio|b|base|big|blockquote|body|br|button|canvas|center|code|div|dl|"
    "dt|dd|em|embed|fieldset|font|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hr|html|i|iframe|img|"
    "input|ins|label|li|link|main|map|marquee|math|meta|nav|object|ol|option|p|param|pre|s|script|section|select|"
    "small|span|strike|strong|style|sub|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|video"
)
HTML = re.compile(
    rf"<\s{{0,3}}[/!?]?\s{{0,3}}(?:{TAGS})(?:\s[^<>=]{{0,60}}=[^<>]{{0,300}}|[\s/]{{0,3}})>"
    r"|<\s{0,3}/?(?:script|iframe|img|svg|object|embed|style|link|meta|form|math|video|audio)\b[^<>]{0,300}>?"
    r"|<!--|<!doctype|<!\[cdata\[|&#x?[0-9a-f]{1,6};|&(?:lt|gt|nbsp|quot);",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Passage:
    """A part of the text that may not stand there."""

    start: int
    end: int
    kind: Kind

    @property
    def sentence(self) -> str:
        """Why not."""
        return str(SENTENCES[self.kind])


@dataclass(frozen=True)
class Piece:
    """A run of the text, as a page shows it: marked where `kind` says so."""

    text: str
    kind: Kind | None = None


def find(text: str, *, known: Collection[str] = (), addresses: Collection[str] = ()) -> list[Passage]:
    """The passages that are refused, in the order of the text; none overlaps another.

    `known` are the order's own numbers (order, items, SKUs, parcels), `addresses` those that may be named: the
    marketplace's customer service. Links to the portal itself are allowed.
    """
    plain = fold(text)
    allowed = {address.casefold() for address in addresses}
    hosts = [urlsplit(settings.PUBLIC_BASE_URL).hostname or "", settings.RELAY_DOMAIN]
    found: list[tuple[int, int, Kind]] = [(*span, Kind.CARD) for span in card_numbers.find(plain.text, known)]
    found += [(*match.span(), Kind.HTML) for match in HTML.finditer(plain.text)]
    found += [(*span, Kind.ADDRESS) for span in links.addresses(plain.text, allowed, hosts)]
    found += [(*span, Kind.LINK) for span in links.links(plain.text, allowed, hosts)]
    found += [(*span, Kind.PHONE) for span in phone_numbers.find(plain.text, known)]
    return list(_apart([(*plain.span(start, end), kind) for start, end, kind in found]))


def pieces(text: str, passages: Sequence[Passage]) -> list[Piece]:
    """The whole text, cut where a refused passage begins and ends."""
    cut, at = [], 0
    for passage in passages:
        cut += [Piece(text[at : passage.start]), Piece(text[passage.start : passage.end], passage.kind)]
        at = passage.end
    return [piece for piece in [*cut, Piece(text[at:])] if piece.text]


def sentence_about(passages: Sequence[Passage]) -> str:
    """Why the text is refused: each reason once."""
    return " ".join(dict.fromkeys(passage.sentence for passage in passages))


def _apart(found: list[tuple[int, int, Kind]]) -> Iterator[Passage]:
    """Those that begin first and, of these, the longest; what lies inside another is told by the other."""
    order = list(Kind)
    end = 0
    for start, stop, kind in sorted(found, key=lambda each: (each[0], -each[1], order.index(each[2]))):
        if start >= end:
            yield Passage(start, stop, kind)
            end = stop
