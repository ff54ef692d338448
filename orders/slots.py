"""Slots on the pages of orders that the apps above fill; the pages know none of those apps (ADR 10).

`settings.SLOTS` names for each slot the functions that are asked. Each of them answers with a Filling, or None where
it has nothing to say.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Filling:
    """A template, and what it shows as `filling`."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


def fill(slot: str, *about: Any) -> list[Filling]:
    """What stands in a slot, in the order of the settings."""
    return list(_asked(slot, about))


def _asked(slot: str, about: tuple[Any, ...]) -> Iterator[Filling]:
    for name in settings.SLOTS[slot]:
        filling = _function(name)(*about)
        if filling is not None:
            yield filling


@cache
def _function(name: str) -> Callable[..., Filling | None]:
    function: Callable[..., Filling | None] = import_string(name)
    return function
