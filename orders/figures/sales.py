"""Sales of the last days as a picture, with the figures as a table (H2); what is shown stands in the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_skeleton
from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import counting
from accounts.locales import babel_locale
from accounts.models import SalesChannel, Seller
from accounts.money import Money
from orders.figures import tallies
from orders.figures.rates import ONE_DAY, Period
from orders.figures.tallies import Sales

SPANS = (7, 14, 30)
USUAL = 14


class Show(models.TextChoices):
    """What the bars stand for."""

    ORDERS = "orders", gettext_lazy("Orders")
    MONEY = "money", gettext_lazy("Money")


@dataclass(frozen=True)
class Question:
    """All that the address of the home page says about its picture."""

    days: int = USUAL
    show: str = Show.ORDERS
    channel: SalesChannel | None = None

    def url(self, **changes: Any) -> str:
        """The address of the same picture with these changes."""
        asked = replace(self, **changes)
        values: dict[str, Any] = {
            "days": "" if asked.days == USUAL else asked.days,
            "show": "" if asked.show == Show.ORDERS else asked.show,
            "channel": asked.channel.slug if asked.channel else "",
        }
        given = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('home')}?{given}#sales" if given else f"{reverse('home')}#sales"


class QuestionForm(forms.Form):
    """What an address may ask; anything else is left out."""

    days = forms.TypedChoiceField(choices=[(n, n) for n in SPANS], coerce=int, required=False)
    show = forms.ChoiceField(choices=Show.choices, required=False)
    channel = forms.CharField(required=False, max_length=50)

    def question(self, channels: Iterable[SalesChannel]) -> Question:
        """The question, of one of these channels or of all."""
        self.is_valid()
        asked = self.cleaned_data
        channel = next((each for each in channels if each.slug == asked.get("channel")), None)
        return Question(asked.get("days") or USUAL, asked.get("show") or Show.ORDERS, channel)


def channels(seller: Seller) -> list[SalesChannel]:
    """The channels on which the seller's marketplace sells."""
    return list(seller.marketplace.channels.order_by("name", "pk"))


def picture(asked: Question, all_channels: Iterable[SalesChannel], period: Period) -> dict[str, Any]:
    """What was ordered on each of the days, for the bars and for the table beside them."""
    first, currency = period.last - (asked.days - 1) * ONE_DAY, period.seller.marketplace.currency
    channel = asked.channel.pk if asked.channel else None
    days = tallies.sales(period.rows, first, period.last, channel)
    is_money = asked.show == Show.MONEY
    values = [day.amount if is_money else day.orders for day in days]
    write = _money(currency) if is_money else counting.written
    return {
        "question": asked,
        "switches": _switches(asked, all_channels),
        "days": [_row(day, currency) for day in days],
        "bars": _bars(days, values, write),
        "top": max(*values, 1),
        "top_text": write(max(values)),
        "sold": counting.written(sum(day.orders for day in days)),
        "earned": _money(currency)(sum(day.amount for day in days)),
    }


def _switches(asked: Question, all_channels: Iterable[SalesChannel]) -> list[dict[str, Any]]:
    """The groups of links that show something else; a group with nothing to choose is left out."""
    spans = [_choice(asked, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}, days=n) for n in SPANS]
    shows = [_choice(asked, show.label, show=show.value) for show in Show]
    named = [_choice(asked, each.name, channel=each) for each in all_channels]
    groups = [(_("Days"), spans), (_("What is shown"), shows)]
    if len(named) > 1:
        groups.append((_("Sales channel"), [_choice(asked, _("All channels"), channel=None), *named]))
    return [{"label": label, "choices": choices} for label, choices in groups]


def _choice(asked: Question, label: Any, **change: Any) -> dict[str, Any]:
    return {"label": label, "url": asked.url(**change), "current": replace(asked, **change) == asked}


def _row(day: Sales, currency: str) -> dict[str, str]:
    return {
        "day": written(day.day, "MMMEd"),
        "sold": counting.written(day.orders),
        "earned": _money(currency)(day.amount),
        "canceled": counting.written(day.canceled),
    }


def _money(currency: str) -> Any:
    return lambda minor: Money(minor, currency).format(babel_locale())


def _bars(days: list[Sales], values: list[int], write: Any) -> list[dict[str, Any]]:
    """One bar a day; so many have their day below that the days do not touch, today among them."""
    gap = max(len(days) // 7, 1)
    is_money = write is not counting.written
    return [
        {
            "label": written(day.day, "MMMEd"),
            "tick": "" if (len(days) - 1 - place) % gap else written(day.day, "Md"),
            "value": value,
            "text": write(value) if is_money else _orders(value),
        }
        for place, (day, value) in enumerate(zip(days, values, strict=True))
    ]


def _orders(number: int) -> str:
    return ngettext("%(n)s order", "%(n)s orders", number) % {"n": counting.written(number)}


def written(day: date, skeleton: str) -> str:
    """The day as the reader writes it: "Fri, Nov 20" by "MMMEd"."""
    return str(format_skeleton(skeleton, day, locale=babel_locale()))
