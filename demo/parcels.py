"""How the demo's parcels travel: carriers of the country, with tracking numbers in their form."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

from orders import tracking
from orders.carriers import OTHER
from orders.models import OrderItem
from orders.packages import Contents, Parcel

Way = tuple[str, str, Callable[[Random], str]]


def _digits(prefix: str, count: int, suffix: str = "") -> Callable[[Random], str]:
    return lambda rng: f"{prefix}{rng.randrange(10**count):0{count}d}{suffix}"


WAYS: dict[str, tuple[Way, ...]] = {
    "US": (
        ("UPS", "Ground", _digits("1Z8A4W", 12)),
        ("USPS", "Priority Mail", _digits("9405", 18)),
        ("FedEx", "Home Delivery", _digits("7", 11)),
    ),
    "JP": (
        ("YamatoTransport", "宅急便", _digits("", 12)),
        ("SagawaExpress", "飛脚宅配便", _digits("", 12)),
        ("JP_EXPRESS", "ゆうパック", _digits("", 12)),
    ),
    "DE": (
        ("DHL", "Paket", _digits("00340434", 12)),
        ("DPD", "Classic", _digits("0", 13)),
        ("Hermes Logistik Gruppe", "Päckchen", _digits("H100", 16)),
    ),
    "GB": (
        ("Royal Mail", "Tracked 48", _digits("QX", 9, "GB")),
        ("Parcelforce", "express48", _digits("PB", 9, "GB")),
    ),
}


def parcel(country: str, ship_date: date, rng: Random) -> Parcel:
    """A parcel by a carrier of that country."""
    carrier, service, number = rng.choice(WAYS[country])
    return Parcel(ship_date, carrier, service=service, tracking_number=_fitting(carrier, number(rng)))


def _fitting(carrier: str, number: str) -> str:
    """The number with the check digit that makes it one of the carrier's: the last of its digits."""
    place = max(at for at, sign in enumerate(number) if sign.isdigit())
    tries = (f"{number[:place]}{digit}{number[place + 1 :]}" for digit in range(10))
    return next((each for each in tries if tracking.is_plausible(carrier, each)), number)


def by_other_carrier(ship_date: date, rng: Random) -> Parcel:
    """A parcel by a carrier that is on no list."""
    name = "Green Mountain Bike Couriers"
    return Parcel(ship_date, OTHER, carrier_name=name, tracking_number=f"GM-{rng.randrange(10**6):06d}")


def corrected(before: Parcel, rng: Random) -> Parcel:
    """The same parcel with the tracking number that was meant."""
    typed = before.tracking_number
    meant = f"{typed[:6]}{(int(typed[6]) + rng.randrange(1, 10)) % 10}{typed[7:]}"
    return replace(before, tracking_number=_fitting(before.carrier, meant))


def everything(items: list[OrderItem]) -> Contents:
    """All open units in one package."""
    return {item.pk: item.units_open for item in items if item.units_open}


def one_unit(items: list[OrderItem]) -> Contents:
    """A single unit of the first item that has some open."""
    return {next(item.pk for item in items if item.units_open): 1}


def halves(items: list[OrderItem]) -> list[Contents]:
    """All open units in two packages, item by item or, of a single item, unit by unit; a lone unit in one."""
    open_items = [item for item in items if item.units_open]
    if len(open_items) > 1:
        return [everything(open_items[:1]), everything(open_items[1:])]
    (item,) = open_items
    first = item.units_open // 2
    return [{item.pk: units} for units in (first, item.units_open - first) if units]
