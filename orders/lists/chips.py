"""The filters of Manage Orders as chips that can be taken away, and as a panel to choose from (O19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.keyset import SIZE
from inventory.models import Fulfilment
from orders.forms.desk import SIZES, Noted, Printed, Question, ShipBy
from orders.lists import filters
from orders.lists.filters import Facet
from orders.lists.kinds import Find
from orders.states import Tab

NOTHING: dict[str, Any] = {
    "text": "",
    "attention": "",
    "first_day": None,
    "last_day": None,
    "channels": (),
    "fulfilment": "",
    "service": "",
    "ship_by": "",
    "printed": "",
    "note": "",
}


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Choice:
    """One of several; `value` is what the address says."""

    value: str
    label: str
    is_chosen: bool


def of(question: Question, facets: Sequence[Facet], find: Find | None, days_label: str) -> list[Chip]:
    """What narrows the list, each with the way to be rid of it."""
    told = [
        *_told_text(question, find),
        (days_label, {"first_day": None, "last_day": None}, question.first_day or question.last_day),
        *_told_channels(question, facets),
        (_label(Fulfilment, question.fulfilment), {"fulfilment": ""}, question.fulfilment),
        (question.service, {"service": ""}, question.service),
        (
            _("Ship by: %(when)s") % {"when": _label(ShipBy, question.ship_by)},
            {"ship_by": ""},
            question.ship_by,
        ),
        (_label(Printed, question.printed), {"printed": ""}, question.printed),
        (_label(Noted, question.note), {"note": ""}, question.note),
    ]
    return [Chip(label, question.url(**without)) for label, without, is_there in told if is_there]


def without_all(question: Question) -> str:
    """The whole list of the tab."""
    return question.url(**NOTHING)


def panel(question: Question, facets: Sequence[Facet]) -> dict[str, Any]:
    """All that can be chosen; `chosen` says how many filters of the panel are in force."""
    channels = {facet.slug: facet.name for facet in facets}
    services = sorted({facet.service for facet in facets} | ({question.service} - {""}))
    others = (question.channels, question.fulfilment, question.service, question.ship_by)
    return {
        "channels": _choices(channels.items(), question.channels),
        "fulfilment": _choices(Fulfilment.choices, [question.fulfilment]),
        "services": _choices(((each, each) for each in services), [question.service]),
        "ship_by": _choices(ShipBy.choices, [question.ship_by]),
        "printed": _choices(Printed.choices, [question.printed]),
        "is_noted": question.note == Noted.YES,
        "sorts": _sorts(question),
        "sizes": _choices(((str(size), str(size)) for size in SIZES), [str(question.size or SIZE)]),
        "ships": question.tab == Tab.UNSHIPPED,
        "chosen": sum(map(bool, (*others, question.printed, question.note))),
    }


def _sorts(question: Question) -> list[Choice]:
    """The orders in which the list can stand; where there is one only, nothing to choose."""
    key = filters.sorting(question)
    return [Choice(each, str(each.label), filters.KEYS[each] == key) for each in filters.sorts(question)]


def _told_text(question: Question, find: Find | None) -> Iterable[tuple[str, dict[str, Any], Any]]:
    label = find.label if find else _("Search: %(text)s") % {"text": question.text}
    yield label, {"text": ""}, question.text


def _told_channels(question: Question, facets: Sequence[Facet]) -> Iterable[tuple[str, dict[str, Any], Any]]:
    """Each channel by itself; one that the seller has no orders of by the name that the address gives it."""
    names = {facet.slug: facet.name for facet in facets}
    for slug in question.channels:
        others = tuple(each for each in question.channels if each != slug)
        yield names.get(slug, slug), {"channels": others}, True


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value else ""


def _choices(options: Iterable[tuple[str, Any]], chosen: Iterable[str]) -> list[Choice]:
    picked = set(chosen)
    return [Choice(value, str(label), value in picked) for value, label in options]
