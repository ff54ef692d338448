"""What a person with pencil and paper would write about every unit: where it is, and which refund paid it back."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Place(StrEnum):
    """Where a unit is. A shipped one is the buyer's, until it is returned."""

    HELD = "held"
    SHIPPED = "shipped"
    RETURNED = "returned"
    GIVEN_UP = "given up"
    CANCELED = "canceled"


@dataclass
class Unit:
    """One unit of an order: where it is, and the refund that paid it back as a whole unit, with or without shipping."""

    place: Place = Place.HELD
    refund: int | None = None
    with_shipping: bool = False

    @property
    def can_be_refunded(self) -> bool:
        """It will not be shipped any more, and no refund has paid it back."""
        return self.refund is None and self.place not in (Place.HELD, Place.CANCELED)


@dataclass
class Shelf:
    """One listing's figures."""

    on_hand: int
    reserved: int = 0

    @property
    def available(self) -> int:
        return max(self.on_hand - self.reserved, 0)

    def let_go(self, units: int, *, is_there: bool) -> None:
        """Units that are not there are not for sale again; what other orders were promised stays theirs."""
        before = self.available
        self.reserved -= units
        self.on_hand = self.on_hand if is_there else min(self.on_hand, self.reserved + before)

    def ship(self, units: int) -> None:
        self.reserved -= units
        self.on_hand = max(self.on_hand - units, 0)


@dataclass
class Item:
    """One line of an order: its units, its shelf, and whether money went back that paid for no whole unit."""

    order: int
    shelf: Shelf
    units: list[Unit]
    had_amounts: bool = False

    def at(self, place: Place) -> list[Unit]:
        return [unit for unit in self.units if unit.place == place]

    def refundable(self) -> list[Unit]:
        return [unit for unit in self.units if unit.can_be_refunded]


@dataclass
class Parcel:
    """A return: units of one item that are to come, and how many came."""

    item: int
    units: int
    came: int = 0
    is_closed: bool = False

    @property
    def awaited(self) -> int:
        return self.units - self.came


@dataclass
class Paper:
    """All of it: items by their key, shelves by their listing, refunds and returns by theirs."""

    items: dict[int, Item] = field(default_factory=dict)
    shelves: dict[int, Shelf] = field(default_factory=dict)
    paid: dict[int, list[Unit]] = field(default_factory=dict)
    returns: dict[int, Parcel] = field(default_factory=dict)
    waiting: dict[Any, dict[int, int]] = field(default_factory=dict)

    def of(self, order: int) -> dict[int, Item]:
        return {pk: item for pk, item in self.items.items() if item.order == order}

    def snapshot(self, order: int) -> list[tuple[Place, int | None]]:
        """The state of an order's units."""
        return [(unit.place, unit.refund) for item in self.of(order).values() for unit in item.units]

    def move(self, item: int, units: int, to: Place) -> list[Unit]:
        """Take so many held units to a place; the shelf follows by itself only where they ship."""
        moved = self.items[item].at(Place.HELD)[:units]
        assert len(moved) == units, f"{units} units went {to}, {len(moved)} were held"
        for unit in moved:
            unit.place = to
        if to == Place.SHIPPED:
            self.items[item].shelf.ship(units)
        return moved

    def drop(self, item: int, units: int, to: Place, *, is_there: bool) -> list[Unit]:
        """Give up or cancel held units: the shelf lets them go."""
        moved = self.move(item, units, to)
        self.items[item].shelf.let_go(units, is_there=is_there)
        return moved

    def pay_back(self, refund: int, units: list[Unit], *, with_shipping: bool) -> None:
        """A refund pays back these units; none of them was paid back before."""
        assert all(unit.refund is None for unit in units)
        for unit in units:
            unit.refund, unit.with_shipping = refund, with_shipping
        self.paid.setdefault(refund, []).extend(units)

    def take_away(self, refund: int) -> None:
        """The refund failed or was undone: its units can be refunded again."""
        for unit in self.paid.pop(refund, []):
            unit.refund = None
