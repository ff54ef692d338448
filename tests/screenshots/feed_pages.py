"""Feeds: the list of uploads, one that was tried and one that was done; messages and notices beside them."""

import uuid
from collections.abc import Iterator

from django.urls import reverse

from accounts import clock
from accounts.actors import Actor
from accounts.models import Membership, Seller, User
from batches import engine
from batches.models import Batch
from inventory.models import Fulfilment
from messaging.states import CaseState, Reason
from orders.models import Order
from orders.states import OrderStatus
from tests.reports.feeds.feed_steps import UNKNOWN, parcel, processed, tried
from tests.screenshots.shot import OWNER, Shot

NEW = "new@example.com"
STOCK = (
    {"sku": "LP-HOM-04", "price": "14.50", "quantity": 260},
    {"sku": "LP-OUT-01", "price": "57.90", "quantity": 80},
    {"sku": "LP-OUT-O2", "quantity": 12},
    {"sku": "LP-HOM-07", "quantity": 0},
    {"sku": "LP-LAN-04", "price": "18,99"},
)


def shots() -> Iterator[Shot]:
    """The pages of files and of words, of the demo seller."""
    seller = Seller.objects.get(slug="lantern-and-pine")
    member = Membership.objects.select_related("user", "seller").get(
        user=User.objects.get(email=OWNER), seller=seller
    )
    done = processed(tried(member, "stock", *STOCK), member)
    checked = tried(member, "ship", *_parcels(seller))
    asked = seller.threads.get(reason=Reason.RETURN_QUESTION).order
    answered = seller.cases.get(state=CaseState.ANSWERED)
    batch = _batch(seller, Actor.seller(member.user))
    yield Shot("feeds", reverse("feeds:list"))
    yield Shot("feeds-new-seller", reverse("feeds:list"), who=NEW)
    yield Shot("feed-checked", reverse("feeds:feed", args=[checked.key]))
    yield Shot("feed-done", reverse("feeds:feed", args=[done.key]))
    yield Shot("messages", reverse("messaging:list"))
    yield Shot("messages-all", f"{reverse('messaging:list')}?show=all")
    yield Shot("thread", reverse("messaging:order", args=[asked.number]))
    yield Shot("cases", reverse("messaging:cases"))
    yield Shot("case-answered", reverse("messaging:case", args=[answered.pk]))
    yield Shot("batch", reverse("batches:batch", args=[batch.key]))
    yield Shot("saved-texts", reverse("messaging:templates"))
    yield Shot("missing", f"{reverse('messaging:missing')}?q=999-9999999-9999999")
    for name in ("inbox", "mails", "why", "settings"):
        yield Shot(f"notices-{name}", reverse(f"notifications:{name}"))


def _batch(seller: Seller, actor: Actor) -> Batch:
    """A dry run of canceling some orders, one of which is nobody's: nothing is changed."""
    own = seller.orders.filter(fulfilment=Fulfilment.MFN).order_by("-pk")
    numbers = [*own.filter(status=OrderStatus.UNSHIPPED).values_list("number", flat=True)[:5], UNKNOWN]
    told = {"kind": "cancel", "key": uuid.uuid4(), "params": {"reason": "no_inventory"}, "is_dry_run": True}
    batch = engine.create(
        seller=seller, rows=[(number, {}) for number in numbers], actor=actor, now=clock.now(), **told
    )
    return engine.finish(batch.pk)


def _parcels(seller: Seller) -> list[dict[str, object]]:
    """Rows for some orders that can be shipped, one of an order that is nobody's, one shipped long ago."""
    now = clock.now()
    own = seller.orders.filter(fulfilment=Fulfilment.MFN, packages=None)
    open_ = own.filter(status=OrderStatus.UNSHIPPED, confirm_deadline__gt=now)
    waiting = list(open_.exclude(payment__state="capturing").order_by("ship_by", "pk")[:8])
    told = {"ship_date": f"{now:%Y-%m-%d}"}
    rows = [parcel(order, tracking_number=f"1Z999AA1012345{n:04}", **told) for n, order in enumerate(waiting)]
    odd = Order.objects.filter(seller=seller, status=OrderStatus.CANCELED)[0]
    return [
        *rows,
        parcel(UNKNOWN, **told),
        parcel(odd, **told),
        parcel(waiting[0], carrier_code="UPPS", **told),
    ]
