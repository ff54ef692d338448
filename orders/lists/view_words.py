"""What a saved view asks for, in a few words each (O19)."""

from collections.abc import Iterator
from functools import cached_property

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import days
from accounts.models import Seller
from orders.forms.desk import Noted, Printed, Question, ShipBy, Sort
from orders.lists.attention import Attention
from orders.models import SavedView
from orders.states import Tab

LONGEST = 60
CHOICES: dict[str, type[models.TextChoices]] = {"printed": Printed, "note": Noted, "sort": Sort}


class Words:
    """Puts questions of one seller's list into words; the channels' names are read once."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller

    def of(self, asked: Question, view: SavedView | None = None) -> list[str]:
        """The list, then each filter."""
        return list(self._said(asked, view))

    def _said(self, asked: Question, view: SavedView | None) -> Iterator[str]:
        yield str(Tab(asked.tab).label) if asked.tab else _("All lists")
        if asked.attention:
            yield str(Attention(asked.attention).label)
        if view and view.days:
            yield ngettext("Last %(n)d day", "Last %(n)d days", view.days) % {"n": view.days}
        elif asked.first_day or asked.last_day:
            yield days.words(asked, [])
        if asked.text:
            yield _("“%(text)s”") % {"text": Truncator(asked.text).chars(LONGEST)}
        if asked.channels:
            yield ", ".join(self.channels.get(slug, slug) for slug in asked.channels)
        yield from (word for word in (asked.fulfilment, asked.service) if word)
        if asked.ship_by:
            yield _("Ship by: %(when)s") % {"when": ShipBy(asked.ship_by).label}
        for name, choices in CHOICES.items():
            if value := getattr(asked, name):
                yield str(choices(value).label)

    @cached_property
    def channels(self) -> dict[str, str]:
        """The channels' names; one that is no longer there keeps what it was called in the address."""
        return dict(self.seller.marketplace.channels.values_list("slug", "name"))
