"""Keep one order's buyer's data beyond its end, for a reason that the law gives, or end that (D1)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from orders import personal_data_end
from orders.models import Order
from orders.refusals import Refused


class Command(BaseCommand):
    """Sets or ends a hold; both are in the order's history with the person's name."""

    help = "Keep one order's personal data beyond its end, for a reason that the law gives, or end that (D1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("order", help="the order number")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--reason", default="", help="why the law wants it kept")
        what.add_argument("--release", action="store_true", help="keep it no longer")
        parser.add_argument(
            "--as", dest="person", required=True, help="email of the member of staff who acts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        order = Order.objects.filter(number=options["order"]).first()
        person = User.objects.filter(email=options["person"].lower(), is_staff=True, is_active=True).first()
        if order is None:
            raise CommandError("There is no such order.")
        if person is None:
            raise CommandError("There is no such member of staff.")
        if not options["release"] and not options["reason"].strip():
            raise CommandError("Give the reason.")
        try:
            personal_data_end.keep_longer(
                order, options["reason"], actor=Actor.staff(person), now=clock.now()
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("No longer kept." if options["release"] else "Kept.")
