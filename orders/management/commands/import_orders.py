"""Take in a marketplace's order report."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts.models import SalesChannel, Seller
from accounts.text_files import Unreadable
from orders.entry import order_report
from orders.entry.imports import Fate, Import, Outcome
from orders.entry.report_cells import RowProblem
from orders.entry.report_file import ReportFile
from orders.management.progress import Progress

LINES_NAMED = 5
NOT_KEPT = "is in the file, but isn't kept with the orders."
SANDBOX_TOKEN = "tok_approve"  # noqa: S105 (a word of the sandbox provider, no secret)


class Command(BaseCommand):
    """Places the orders of a report, names each refusal by its line, and says in one line what was done.

    Exits with 1 when an order was refused. The same file again adds nothing.
    """

    help = "Take in an order report, tab-delimited as the marketplace gives it (docs/channels.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--seller", required=True, help="slug of the seller whose orders these are")
        parser.add_argument("--channel", required=True, help="slug of the sales channel they came by")
        parser.add_argument(
            "--payment-token", default="", help="the payment provider's token, for all of them"
        )
        parser.add_argument("--encoding", default="", help="of the file, where the guess is wrong")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        seller, channel = _parties(options["seller"], options["channel"])
        report, ends = _opened(options["file"], options["encoding"], seller)
        importing = Import(report, seller, channel, _token(options["payment_token"]), options["dry_run"])
        counts: Counter[str] = Counter()
        refused: list[RowProblem] = []
        progress = Progress(self.stderr, len(ends), "orders")
        try:
            for outcome in importing.outcomes(ends):
                progress.advance()
                counts[outcome.fate] += 1
                refused += self._told(outcome, options["json"])
        except (KeyboardInterrupt, OperationalError, Unreadable) as error:
            placed = 0 if options["dry_run"] else counts[Fate.PLACED]
            raise CommandError(
                f"Stopped ({str(error).strip() or 'by hand'}): {placed} orders were placed and stay; "
                "the same command takes in the rest."
            ) from error
        progress.finish()
        self._sum_up(options, report, counts, refused)
        if counts[Fate.REFUSED]:
            sys.exit(1)

    def _told(self, outcome: Outcome, is_for_machines: bool) -> list[RowProblem]:
        """Name what was refused at once; for machines it is kept until the end."""
        if is_for_machines:
            return list(outcome.problems)
        for each in outcome.problems:
            number = f" (order {outcome.number})" if outcome.number else ""
            self.stdout.write(f"{_place(each.lines)}{number}: {each.problem.sentence}")
        return []

    def _sum_up(
        self, options: dict[str, Any], report: ReportFile, counts: Counter[str], refused: list[RowProblem]
    ) -> None:
        figures = {fate.value: counts[fate] for fate in Fate}
        columns = order_report.columns_not_kept(report)
        if options["json"]:
            problems = [{"lines": each.lines, **each.problem.as_json()} for each in refused]
            told = {
                "encoding": report.encoding,
                "dry_run": options["dry_run"],
                **figures,
                "problems": problems,
                "remarks": [{"column": column, "message": f"{column} {NOT_KEPT}"} for column in columns],
            }
            self.stdout.write(json.dumps(told))
            return
        for column in columns:
            self.stdout.write(f"Remark: {column} {NOT_KEPT}")
        would = "Nothing was changed; it would be: " if options["dry_run"] else ""
        self.stdout.write(
            f"{would}{figures['placed']:,} orders placed, {figures['already_there']:,} already there, "
            f"{figures['refused']:,} refused ({options['file'].name}, read as {report.encoding})."
        )


def _parties(seller_slug: str, channel_slug: str) -> tuple[Seller, SalesChannel]:
    seller = Seller.objects.select_related("marketplace").filter(slug=seller_slug).first()
    channel = SalesChannel.objects.filter(slug=channel_slug).first()
    if seller is None:
        raise CommandError(f"There is no seller “{seller_slug}”.")
    if channel is None:
        raise CommandError(f"There is no sales channel “{channel_slug}”.")
    if seller.marketplace_id != channel.marketplace_id:
        raise CommandError(f"{seller_slug} does not sell on {channel_slug}.")
    return seller, channel


def _opened(path: Path, encoding: str, seller: Seller) -> tuple[ReportFile, dict[str, int]]:
    """The report, read once from end to end, so that a broken file is refused before anything is placed."""
    try:
        report = ReportFile.open(path, country=seller.marketplace.country, encoding=encoding)
        order_report.check(report)
        return report, order_report.last_lines(report)
    except (Unreadable, OSError) as error:
        raise CommandError(f"{path}: {error} Nothing was changed.") from error


def _token(given: str) -> str:
    """The token that pays; the sandbox has one that always approves."""
    if given or settings.PAYMENT_PROVIDER == "sandbox":
        return given or SANDBOX_TOKEN
    raise CommandError("Say by --payment-token what the payment provider is to be asked with.")


def _place(lines: tuple[int, ...]) -> str:
    """ "Line 3", "Lines 3, 9", and no more of them than help."""
    named = ", ".join(str(line) for line in lines[:LINES_NAMED])
    return f"Line {named}" if len(lines) == 1 else f"Lines {named}{', …' if len(lines) > LINES_NAMED else ''}"
