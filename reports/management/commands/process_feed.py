"""Do the rows of a feed file, here and now (F5)."""

import json
import sys
import time
import uuid
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import Membership, Right, Seller
from batches import engine
from reports.feeds import operations, processing_report, reading, turns
from reports.feeds.files.kinds import FeedFormat
from reports.feeds.files.report import Entry
from reports.feeds.models import Feed
from reports.feeds.refusals import Refused
from reports.feeds.states import FeedState

FILE_REFUSED = 2
NAMED = 20
PAUSE = 0.2


class Command(BaseCommand):
    """Works without Celery. Exits with 1 when rows were refused, with 2 when the file was, or came before."""

    help = "Do the rows of a feed file: shipping confirmation, cancellation, adjustments, inventory (docs/feeds.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--seller", required=True, help="slug of the seller whose feed it is")
        parser.add_argument("--as", dest="email", default="", help="e-mail address of the member who acts")
        parser.add_argument("--report", type=Path, help="write the processing report there (.xml: as XML)")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        seller, member = _parties(options["seller"], options["email"])
        feed = _worked(_handed_in(options["file"], seller, member, options["dry_run"]))
        if options["report"]:
            _write(feed, options["report"])
        if feed.state in (FeedState.REFUSED, FeedState.FAILED):
            raise CommandError(
                f"{options['file']}: {feed.problem} Nothing was changed.", returncode=FILE_REFUSED
            )
        entries = list(processing_report.entries_of(feed))
        if options["json"]:
            self.stdout.write(json.dumps(_told(feed, entries)))
        else:
            self._say(feed, entries, options["file"].name)
        if any(not entry.is_warning for entry in entries):
            sys.exit(1)

    def _say(self, feed: Feed, entries: list[Entry], name: str) -> None:
        """The first refusals by their rows, then one line of what was done."""
        for entry in entries[:NAMED]:
            about = entry.order_id or entry.sku
            self.stdout.write(f"Row {entry.number} ({about}): {entry.type} {entry.code}, {entry.sentence}")
        if len(entries) > NAMED:
            self.stdout.write(f"… and {len(entries) - NAMED:,} more; --report writes all of them.")
        would = "Nothing was changed; it would be: " if feed.state == FeedState.CHECKED else ""
        self.stdout.write(
            f"{would}{feed.done_count:,} of {feed.total:,} rows done, {feed.refused_count:,} refused "
            f"({name}, {feed.get_kind_display()}, read as {feed.encoding})."
        )


def _parties(slug: str, email: str) -> tuple[Seller, Membership | None]:
    seller = Seller.objects.select_related("marketplace").filter(slug=slug).first()
    if seller is None:
        raise CommandError(f"There is no seller “{slug}”.")
    if not email:
        return seller, None
    members = seller.memberships.filter(user__email__iexact=email, user__is_active=True)
    member = members.select_related("user").first()
    if member is None:
        raise CommandError(f"{email} is no member of {slug}.")
    return seller, member


def _handed_in(path: Path, seller: Seller, member: Membership | None, is_dry_run: bool) -> Feed:
    def may(right: Right) -> bool:
        return member is None or member.may(right)

    try:
        with path.open("rb") as content:
            file = File(content, name=path.name)
            return operations.upload(
                seller,
                file,
                key=uuid.uuid4(),
                is_at_once=not is_dry_run,
                user=member.user if member else None,
                may=may,
                now=clock.now(),
            )
    except (Refused, OSError) as error:
        raise CommandError(f"{path}: {error} Nothing was changed.", returncode=FILE_REFUSED) from error


def _worked(feed: Feed) -> Feed:
    """The feed at its end, after those ahead of it. What another worker took meanwhile is waited for."""
    while True:
        for older in turns.ahead(feed)[:1]:
            _worked(older)
        reading.read(feed.pk)
        feed = operations.settle(feed, clock.now())
        if batch := feed.batch or feed.trial:
            engine.finish(batch.pk)
            feed = operations.settle(feed, clock.now())
        if not feed.is_at_work:
            return feed
        time.sleep(PAUSE)


def _write(feed: Feed, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        is_xml = path.suffix.lower() == ".xml"
        processing_report.write(feed, FeedFormat.XML if is_xml else FeedFormat.TEXT, out)


def _told(feed: Feed, entries: list[Entry]) -> dict[str, Any]:
    """For machines."""
    kinds = Counter(entry.type for entry in entries)
    return {
        "feed": str(feed.key),
        "kind": feed.kind,
        "encoding": feed.encoding,
        "state": feed.state,
        "dry_run": feed.state == FeedState.CHECKED,
        "total": feed.total,
        "done": feed.done_count,
        "refused": feed.refused_count,
        "errors": kinds["Error"],
        "warnings": kinds["Warning"],
        "problems": [
            {
                "row": entry.number,
                "about": entry.order_id or entry.sku,
                "code": entry.code,
                "type": entry.type,
                "sentence": entry.sentence,
            }
            for entry in entries
        ],
    }
