"""The columns of each feed, in the order of the trade's templates, and which feed a header belongs to."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.echoes import shown
from reports.feeds.files import codes
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import Problem, Unreadable

K = FeedKind
MOST = 300
NAMED_AT_MOST = 10


@dataclass(frozen=True)
class Columns:
    """Those that are read, those of them that must be there (one of each group), and those that are passed over."""

    read: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    unused: tuple[str, ...] = ()


OF_KIND: Mapping[str, Columns] = {
    K.SHIP: Columns(
        read=(
            "order-id", "order-item-id", "quantity", "ship-date", "carrier-code", "carrier-name",
            "tracking-number", "ship-method",
        ),
        needed=(("order-id",), ("ship-date",)),
        unused=(
            "cod-collection-method", "transparency-code", "ship-from-address-name", "ship-from-address-line1",
            "ship-from-address-line2", "ship-from-address-line3", "ship-from-address-city",
            "ship-from-address-county", "ship-from-address-state-or-region", "ship-from-address-postalcode",
            "ship-from-address-countrycode", "ship-from-supply-source-id",
        ),
    ),
    K.CANCEL: Columns(
        read=("order-id", "cancellation-reason-code", "amazon-order-item-code"),
        needed=(("order-id",), ("cancellation-reason-code",), ("amazon-order-item-code",)),
        unused=("merchant-order-id",),
    ),
    K.ADJUST: Columns(
        read=(
            "order-id", "order-item-id", "adjustment-reason-code", "currency", "item-price-adj", "item-tax-adj",
            "shipping-price-adj", "shipping-tax-adj", "gift-wrap-price-adj", "gift-wrap-tax-adj",
            "item-promotion-adj", "item-promotion-id", "ship-promotion-adj", "ship-promotion-id",
            "quantity-cancelled",
        ),
        needed=(
            ("order-id",), ("order-item-id",), ("adjustment-reason-code",), ("currency",),
            ("item-price-adj", "item-tax-adj", "shipping-price-adj", "shipping-tax-adj"),
        ),
    ),
    K.STOCK: Columns(
        read=("sku", "price", "quantity", "handling-time", "add-delete"),
        needed=(("sku",), ("price", "quantity", "handling-time")),
        unused=(
            "minimum-seller-allowed-price", "maximum-seller-allowed-price", "fulfillment-channel", "product-id",
            "product-id-type", "item-condition", "will-ship-internationally", "expedited-shipping",
            "standard-plus", "item-note", "fulfillment-center-id", "product-tax-code",
            "merchant-shipping-group-name",
        ),
    ),
}  # fmt: skip

ALIASES = {"leadtime-to-ship": "handling-time", "fulfilment-channel": "fulfillment-channel"}
OF_TEMPLATE = {
    "templatetype=ordercancellation": K.CANCEL,
    "templatetype=orderadjustment": K.ADJUST,
    "templatetype=batchrefunds": K.ADJUST,
    "templatetype=shippingconfirmation": K.SHIP,
    "templatetype=shipping": K.SHIP,
    "templatetype=orderfulfillment": K.SHIP,
    "templatetype=priceinventory": K.STOCK,
    "templatetype=inventoryloader": K.STOCK,
}
TELLING = {
    K.CANCEL: ("cancellation-reason-code",),
    K.ADJUST: ("adjustment-reason-code",),
    K.SHIP: ("ship-date", "carrier-code", "carrier-name", "tracking-number", "ship-method"),
}


def name(cell: str) -> str:
    """A heading as we write it: lower case, with - for _ and blanks."""
    plain = re.sub(r"[_\s-]+", "-", cell.replace("\ufeff", "").strip().strip('"').strip().lower())
    return ALIASES.get(plain, plain)


def of_template(line: str) -> FeedKind | None:
    """The feed that a first row TemplateType=… names; None for any other line."""
    start = re.sub(r"\s+", "", line.lstrip('"')[:80].lower())
    return next((kind for prefix, kind in OF_TEMPLATE.items() if start.startswith(prefix)), None)


def is_header(names: Collection[str]) -> bool:
    """Whether a line names columns of a feed."""
    return "order-id" in names or "sku" in names


def kind_of(names: Sequence[str], template: FeedKind | None) -> FeedKind:
    """The feed that a header belongs to. Raises Unreadable for none, for two, and for another than its first row."""
    found = {kind for kind, telling in TELLING.items() if set(telling) & set(names)}
    if "sku" in names and "order-id" not in names:
        found.add(K.STOCK)
    if not found and template:
        found.add(template)
    if not found:
        sentence = _(
            "The columns are those of no feed. Download a blank template, and give its columns in the first row."
        )
        raise Unreadable(sentence, codes.NO_HEADER)
    said = found | {template} if template else found
    if len(said) > 1:
        labels = ", ".join(sorted(str(kind.label) for kind in said))
        sentence = _("The file says that it is more than one feed: %(labels)s. Send each by itself.")
        raise Unreadable(sentence % {"labels": labels}, codes.TWO_KINDS)
    return found.pop()


def check(kind: FeedKind, names: Sequence[str]) -> None:
    """Raise Unreadable unless every needed column is there, and none twice."""
    named = [each for each in names if each]
    twice = sorted({each for each in named if named.count(each) > 1})
    if twice:
        sentence = _("The header has a column twice: %(names)s.")
        raise Unreadable(sentence % {"names": _listed(twice)}, codes.COLUMN_TWICE)
    missing = [" / ".join(group) for group in OF_KIND[kind].needed if not set(group) & set(named)]
    if missing:
        words = {"label": FeedKind(kind).label, "names": _listed(missing)}
        sentence = _("%(label)s: the header lacks the column %(names)s.")
        raise Unreadable(sentence % words, codes.COLUMN_MISSING)


def warnings(kind: FeedKind, names: Sequence[str]) -> tuple[Problem, ...]:
    """What is said of columns that are not read."""
    columns = OF_KIND[kind]
    unknown = [each for each in names if each and each not in columns.read and each not in columns.unused]
    found = []
    if unknown:
        sentence = _("The field heading %(names)s is unknown; its values were ignored.")
        words = {"names": _listed(unknown)}
        found.append(Problem(codes.UNKNOWN_COLUMN, shown(unknown[0]), sentence % words))
    return (*found, *unused([each for each in names if each in columns.unused]))


def without_heading(places: Sequence[int]) -> tuple[Problem, ...]:
    """What is said of columns, by their places from 0, that hold values and have no heading."""
    if not places:
        return ()
    sentence = _("Columns without a heading were ignored: column %(places)s.")
    words = {"places": _listed([f"{place + 1}" for place in places])}
    return (Problem(codes.UNKNOWN_COLUMN, "", sentence % words),)


def unused(names: Sequence[str]) -> tuple[Problem, ...]:
    """What is said of columns or elements that are known and not used."""
    if not names:
        return ()
    sentence = _("This portal does not use %(names)s; the values were ignored.")
    return (Problem(codes.UNUSED_COLUMN, names[0], sentence % {"names": _listed(names)}),)


def _listed(names: Sequence[str]) -> str:
    """So many names that a sentence stays one."""
    told = ", ".join(shown(each) for each in names[:NAMED_AT_MOST])
    return f"{told}, …" if len(names) > NAMED_AT_MOST else told
