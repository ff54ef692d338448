"""A report of all new orders of a seller, in a process of its own, beside the database's COPY of the same join.

Both write to files on the same disk and take turns; of each the best counts, since the machine's busy moments are not
what is asked about. The peak of memory is that of the whole worker.
"""

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import override_settings

from accounts import clock
from accounts.models import Seller
from benchmarks.timing import Unexpected
from reports import making
from reports.states import ReportKind, ReportState

ROUNDS = 3
# The tables, rows and columns that the report has, just as they are: nothing formatted, nothing left out.
PLAIN = """COPY (
    SELECT o.number, i.number, o.placed_at, o.authorised_at, t.address, o.buyer_name, o.relay_phone, i.sku, i.title,
        i.quantity, o.currency, i.price, i.tax, i.shipping, i.shipping_tax, o.service, o.recipient, o.address_1,
        o.address_2, o.address_3, o.city, o.state, o.postal_code, o.country, o.relay_extension, '', '', '', '', c.name
    FROM orders_order o JOIN reports_arrival a ON a.order_id = o.id JOIN orders_orderitem i ON i.order_id = o.id
        JOIN accounts_saleschannel c ON c.id = o.channel_id
        LEFT JOIN (
            SELECT DISTINCT ON (order_id) order_id, seller_alias AS address FROM messaging_thread
            ORDER BY order_id, last_message_at DESC
        ) t ON t.order_id = o.id
    WHERE a.seller_id = %s
) TO STDOUT"""
BESIDE = "import django; django.setup(); from benchmarks import exports; exports.main()"


def measured(seller: Seller, folder: Path) -> dict[str, Any]:
    """Rows, seconds of both ways, and memory in MB, by a fresh process. Raises Unexpected."""
    command = [sys.executable, "-c", BESIDE, str(seller.pk), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode != 0:
        raise Unexpected(
            f"The export came to nothing: {(done.stderr.strip().splitlines() or ['it is silent'])[-1]}"
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """The process that measures: prints its figures as JSON."""
    seller, folder = Seller.objects.get(pk=sys.argv[1]), Path(sys.argv[2])
    with override_settings(MEDIA_ROOT=folder / "files"):
        print(json.dumps(_both(seller, folder)))


def _both(seller: Seller, folder: Path) -> dict[str, Any]:
    ours, plain, rows = [], [], 0
    before = _megabytes("VmRSS")
    for _round in range(ROUNDS):
        seconds, rows = _timed(lambda: _report(seller))
        ours.append(seconds)
    peak = _megabytes("VmHWM")
    for _round in range(ROUNDS):
        seconds, copied = _timed(lambda: _copy(seller, folder / "plain.txt"))
        plain.append(seconds)
        if copied != rows:
            raise Unexpected(f"COPY has {copied} rows and the report {rows}.")
    return {
        "rows": rows,
        "seconds": min(ours),
        "plain": min(plain),
        "peak_mb": peak,
        "grown_mb": peak - before,
    }


def _report(seller: Seller) -> int:
    """Asked for, made, counted, and its file removed again."""
    now = clock.now()
    report = making.ask(
        seller=seller,
        kind=ReportKind.NEW_ORDERS,
        first_day=now.date().replace(year=now.year - 1, day=1),
        last_day=now.date() + timedelta(days=1),
        key=uuid.uuid4(),
        user=None,
        now=now,
    )
    making.work(report.pk, seconds=3600)
    report.refresh_from_db()
    if report.state != ReportState.DONE:
        raise Unexpected(f"The report is {report.state}: {report.error}")
    report.file.delete(save=False)
    return report.rows_done


def _copy(seller: Seller, file: Path) -> int:
    with file.open("wb") as out, connection.cursor() as cursor:
        cursor.copy_expert(cursor.mogrify(PLAIN, [seller.pk]), out)
        rows: int = cursor.rowcount
    file.unlink()
    return rows


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    rows = work()
    return time.perf_counter() - began, rows


def _megabytes(name: str) -> float:
    """Of this process: VmRSS now, VmHWM at most."""
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
