"""The columns of Manage Orders: which there are, what each reads, and which of them a list shows (O19)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PACKAGE = "package"
"""Stands in `reads` for the last confirmed package of the order."""


@dataclass(frozen=True)
class Column:
    """One column; `reads` is what a row needs for it beyond what every row has (rows.py)."""

    key: str
    label: Promise
    reads: tuple[str, ...] = ()
    head: str = ""
    is_usual: bool = False
    hint: Promise | str = ""

    @property
    def is_number(self) -> bool:
        """Figures stand below each other, to the right."""
        return self.head == NUMBER


NUMBER = "cell-num"
ORDER = Column(
    "order", _("Order"), head="cell-lead", is_usual=True, hint=_("Number, time, fulfilment and channel")
)
"""Leads every row and is never left out."""

ALL: dict[str, Column] = {
    column.key: column
    for column in (
        ORDER,
        Column("items", _("Items"), is_usual=True, hint=_("Title, SKU, quantity and total")),
        Column("buyer", _("Buyer"), is_usual=True, hint=_("Name and place")),
        Column("ship_by", _("Ship by"), is_usual=True, hint=_("Date, time left and service")),
        Column("status", _("Status"), is_usual=True, hint=_("With what needs attention")),
        Column("sku", _("SKU")),
        Column("asin", _("ASIN"), ("asin",)),
        Column("units", _("Quantity"), head=NUMBER),
        Column("total", _("Order total"), head=NUMBER),
        Column("price", _("Item price"), ("price",), NUMBER),
        Column("tax", _("Item tax"), ("tax",), NUMBER),
        Column("shipping", _("Shipping"), ("shipping",), NUMBER),
        Column("shipping_tax", _("Shipping tax"), ("shipping_tax",), NUMBER),
        Column(
            "payment",
            _("Payment"),
            ("order__payment__state", "order__payment__available_on"),
            hint=_("State, and when the money is yours"),
        ),
        Column("placed", _("Placed")),
        Column("channel", _("Sales channel")),
        Column("fulfilment", _("Fulfilment")),
        Column("service", _("Shipping service")),
        Column("city", _("Ship-to city")),
        Column("country", _("Country")),
        Column("deadline", _("Confirm by"), hint=_("Else the order is canceled")),
        Column("shipped", _("Shipped"), ("order__shipped_at",)),
        Column("carrier", _("Carrier"), (PACKAGE,), hint=_("Of the last package")),
        Column("tracking", _("Tracking number"), (PACKAGE,), hint=_("Of the last package")),
        Column("printed", _("Slip printed"), ("order__printed_at",)),
        Column("note", _("Note"), ("order__note__text",), hint=_("Private: buyers never see it")),
    )
}
USUAL = tuple(column for column in ALL.values() if column.is_usual)


def shown(keys: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these keys in this order, the order's number first; the usual ones where none is known.

    What a later version of the portal no longer has is passed over, what is named twice stands once.
    """
    found = [ALL[key] for key in dict.fromkeys(keys) if key in ALL and key != ORDER.key]
    return (ORDER, *found) if found else USUAL


def keys(columns: Iterable[Column]) -> list[str]:
    """As they are kept: nothing for the usual ones, so that these may change with the portal."""
    kept = [column.key for column in columns]
    return [] if kept == [column.key for column in USUAL] else kept


def reads(columns: Iterable[Column]) -> tuple[str, ...]:
    """All that these columns read, each once."""
    return tuple(dict.fromkeys(name for column in columns for name in column.reads))
