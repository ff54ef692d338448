"""What every column and file of the portal is, and when it goes: one register, declared next to each app's models.

Each app has a module `personal_data` with `TABLES`, by the name of the model. A test compares them with the tables,
so that no text column is added without a word on what it holds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

MODULE = "personal_data"
KEPT = timedelta(days=30)
"""How long personal data is kept that belongs to no order, or lies in files of many."""

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
MORE_TEXT = (models.GenericIPAddressField, ArrayField)


@dataclass(frozen=True)
class Table:
    """The text columns of one table. Several names stand in one string, separated by blanks.

    `of_order` leads to the order with whose data the personal columns go; `when` says in words when those go that
    have a clock of their own.
    """

    of_order: str = ""
    blank: Mapping[str, Any] = field(default_factory=dict)
    """Personal: overwritten with this value."""
    deleted: str = ""
    """Personal: the row is deleted."""
    files: str = ""
    """Personal: the file is removed, then the row is deleted."""
    by_owner: str = ""
    """Personal, in rows that the app's role can't change: blanked by a function of the tables' owner."""
    function: str = ""
    """The name of that function; it takes the order's key, and refuses an order whose data hasn't expired."""
    timed: str = ""
    """Personal, with a clock of its own."""
    when: str = ""
    people: str = ""
    """About those who sign in: kept as long as they have their account, or as a record of who did what."""
    business: str = ""
    """The seller's or the marketplace's own business."""
    plain: str = ""
    """Not about anybody: codes, states, numbers, keyed digests."""

    def of_buyer(self) -> list[str]:
        """Return the columns that hold personal data of an order's buyer."""
        return [*self.blank, *f"{self.deleted} {self.files} {self.by_owner}".split()] if self.of_order else []

    def declared(self) -> list[str]:
        """Return every column that is declared, as often as it is."""
        named = (self.deleted, self.files, self.by_owner, self.timed, self.people, self.business, self.plain)
        return [*self.blank, *" ".join(named).split()]


@dataclass(frozen=True)
class Clock:
    """Personal data that goes by a clock of its own: how much is due, and a step that removes some of it."""

    name: str
    count: Callable[[datetime], int]
    remove: Callable[[datetime], int]


@cache
def tables() -> dict[type[models.Model], Table]:
    """Return what is declared, by model."""
    declared: dict[type[models.Model], Table] = {}
    for module in _modules():
        for name, table in module.TABLES.items():
            declared[apps.get_model(name)] = table
    return declared


def clocks() -> Iterator[Clock]:
    """What goes by a clock of its own, app by app."""
    for module in _modules():
        yield from getattr(module, "CLOCKS", ())


def of_buyers() -> dict[type[models.Model], Table]:
    """Return the tables that hold personal data of an order's buyer."""
    return {model: table for model, table in tables().items() if table.of_buyer()}


def text_columns(model: type[models.Model]) -> list[str]:
    """Return the columns of a model that can hold words or files."""
    return [each.name for each in model._meta.concrete_fields if isinstance(each, TEXT + MORE_TEXT)]


def _modules() -> Iterator[Any]:
    for app in apps.get_app_configs():
        name = f"{app.name}.{MODULE}"
        if find_spec(name):
            yield import_module(name)
