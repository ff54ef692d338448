"""What the commands share that are about one buyer: they name them by an order or by their email address."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from orders import buyer_data
from orders.models import Order


def add_arguments(parser: ArgumentParser) -> None:
    """Take `--order NUMBER` or `--email ADDRESS`."""
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--order", default="", help="one order's number")
    whom.add_argument("--email", default="", help="all orders of this address")


def chosen(options: dict[str, Any]) -> list[Order]:
    """Return the orders that are meant, oldest first. Raises CommandError where there is none."""
    found = buyer_data.orders_of(number=options["order"], email=options["email"])
    orders = list(found.select_related("seller__marketplace").order_by("placed_at", "pk"))
    if not orders:
        raise CommandError("There is no such order, or its buyer's data was deleted.")
    return orders
