"""The shop that the case files are about: its listings, its orders, and the files (tests/reports/feeds/data/cases)."""

from datetime import UTC, datetime
from pathlib import Path

from accounts.models import Membership
from inventory.models import Listing
from orders import sweeps
from orders.entry import order_report
from orders.entry.imports import Fate, Import
from orders.entry.report_file import ReportFile
from orders.models import Order
from reports.feeds.models import Feed
from tests.factories import ChannelFactory, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM
from tests.reports.feeds.feed_steps import upload, worked

CASES = Path(__file__).parent / "data" / "cases"
EVENING = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
"""The moment that the case files are written for."""

SKUS = [*(f"LP-HOM-{number:02}" for number in range(3, 7)), "CAB,2M", '1/2" BOLT', "MUSIC/CD+1,2 #3 %20|x"]


def content(name: str) -> bytes:
    """A case file as it lies on disk."""
    return (CASES / name).read_bytes()


def shop() -> Membership:
    """A member of a seller with the listings of the case files."""
    member = MembershipFactory()
    for sku in SKUS:
        ListingFactory(seller=member.seller, sku=sku, on_hand=1_000, price=1150)
    return member


def with_orders(member: Membership, *places: int) -> list[Order]:
    """The orders of `base-us.txt` at these places, authorized; all orders of the file without places."""
    report = ReportFile.open(CASES / "base-us.txt")
    channel = ChannelFactory(marketplace=member.seller.marketplace)
    for outcome in Import(report, member.seller, channel, "tok_approve").outcomes(
        order_report.last_lines(report)
    ):
        assert outcome.fate == Fate.PLACED, outcome
    sweeps.run(sweeps.finish_provider_calls, now=EVENING, actor=SYSTEM)
    return [order_of(member, place) for place in places]


def order_of(member: Membership, place: int) -> Order:
    """The order of this place in `base-us.txt`."""
    return member.seller.orders.get(number=f"740-{place:07}-0000001")


def sent(member: Membership, name: str) -> Feed:
    """A case file, handed in and worked on to its end."""
    return worked(upload(member, content(name)))


def on_hand(member: Membership) -> dict[str, int]:
    """{SKU: units on hand} of the seller's listings."""
    return dict(Listing.objects.filter(seller=member.seller).values_list("sku", "on_hand"))
