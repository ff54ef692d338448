"""Taking in a whole order report: batch by batch through the one intake, each order all or nothing (O5, O6, I3)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from django.db import transaction

from accounts import clock
from accounts.actors import Actor, Source
from accounts.models import SalesChannel, Seller
from inventory import stock
from inventory.models import Listing
from orders.entry import intake, order_report
from orders.entry.cart import NewOrder, Problem, is_storable
from orders.entry.order_report import BadRows, Group, Terms
from orders.entry.report_cells import RowProblem
from orders.entry.report_file import ReportFile
from orders.models import OrderItem

BATCH = 200


class Fate(StrEnum):
    """What became of an order of the report."""

    PLACED = "placed"
    ALREADY_THERE = "already_there"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """One order of the report: its number, its lines in the file, and what became of it."""

    number: str
    lines: tuple[int, ...]
    fate: Fate
    problems: Sequence[RowProblem] = ()


@dataclass
class Import:
    """One run over a report for one seller. A dry run goes the same way and takes every batch back."""

    report: ReportFile
    seller: Seller
    channel: SalesChannel
    payment_token: str
    is_dry_run: bool = False
    would_hold: Counter[str] = field(default_factory=Counter)

    def outcomes(self, ends: Mapping[str, int]) -> Iterator[Outcome]:
        """Take in order by order, as `order_report.last_lines` says where each ends; each outcome is final."""
        groups = order_report.groups(self.report, ends)
        while batch := list(islice(groups, BATCH)):
            yield from self._batch(batch)

    def _batch(self, groups: Sequence[Group]) -> list[Outcome]:
        known, terms = self._known(groups), self._terms(groups)
        outcomes: dict[int, Outcome] = {}
        news: dict[int, NewOrder] = {}
        for place, group in enumerate(groups):
            try:
                if group.number in known:
                    outcomes[place] = _again(group, known[group.number])
                else:
                    news[place] = order_report.order_of(group, terms)
            except BadRows as bad:
                outcomes[place] = Outcome(group.number, group.lines, Fate.REFUSED, bad.problems)
        placed = self._try(list(news.values())) if self.is_dry_run else self._place(list(news.values()))
        for place, result in zip(news, placed, strict=True):
            outcomes[place] = _outcome(groups[place], result)
        return [outcomes[place] for place in range(len(groups))]

    def _known(self, groups: Sequence[Group]) -> dict[str, Counter[str]]:
        """Units by SKU of the orders that are in already, whatever has become of them since."""
        numbers = [group.number for group in groups if is_storable(group.number)]
        rows = OrderItem.objects.filter(
            order__channel=self.channel, order__seller=self.seller, order__reference__in=numbers
        ).values_list("order__reference", "sku", "quantity")
        known: dict[str, Counter[str]] = {}
        for number, sku, quantity in rows:
            known.setdefault(number, Counter())[sku] += quantity
        return known

    def _terms(self, groups: Sequence[Group]) -> Terms:
        """The report of unshipped orders has no prices: those of the listings stand in."""
        prices = None
        if "item-price" not in self.report.columns:
            skus = {row["sku"] for group in groups for row in group.rows if is_storable(row["sku"])}
            prices = dict(self.seller.listings.filter(sku__in=skus).values_list("sku", "price"))
        return Terms(self.payment_token, self.seller.marketplace.currency, prices)

    def _place(self, news: Sequence[NewOrder]) -> list[intake.Result]:
        actor = Actor.channel(Source.IMPORT)
        return intake.place(news, seller=self.seller, channel=self.channel, actor=actor, now=clock.now())

    def _try(self, news: Sequence[NewOrder]) -> list[intake.Result]:
        """What placing would bring, also counting the units that the batches before would have taken."""
        skus = {item.sku for new in news for item in new.items if is_storable(item.sku)}
        with transaction.atomic():
            found = self.seller.listings.filter(sku__in=skus)
            listings = Listing.objects.lock({listing.pk for listing in found})
            carts = [
                [stock.Line(listing.pk, self.would_hold[listing.sku], "")]
                for listing in listings.values()
                if self.would_hold[listing.sku]
            ]
            stock.reserve(carts, now=clock.now(), actor=Actor.channel(Source.IMPORT))
            results = self._place(news)
            transaction.set_rollback(True)
        for new, result in zip(news, results, strict=True):
            if isinstance(result, intake.Placed) and result.created:
                for item in new.items:
                    self.would_hold[item.sku] += item.quantity
        return results


def _again(group: Group, units: Counter[str]) -> Outcome:
    """An order that is in already: the same items are no news, others cannot be added (O6)."""
    if group.units() == units:
        return Outcome(group.number, group.lines, Fate.ALREADY_THERE)
    problem = RowProblem(group.lines, Problem.already_there(group.number))
    return Outcome(group.number, group.lines, Fate.REFUSED, [problem])


def _outcome(group: Group, result: intake.Result) -> Outcome:
    if isinstance(result, intake.NotPlaced):
        problems = [RowProblem(group.lines, problem) for problem in result.problems]
        return Outcome(group.number, group.lines, Fate.REFUSED, problems)
    fate = Fate.PLACED if result.created else Fate.ALREADY_THERE
    return Outcome(group.number, group.lines, fate)
