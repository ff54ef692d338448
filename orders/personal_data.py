"""What the columns of orders are, and what becomes of them when the buyer's data goes (D1)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from accounts.personal_data_register import KEPT, Clock, Table
from orders.forms.desk import Question
from orders.lists import finds
from orders.lists.kinds import OF_PRODUCTS, Kind
from orders.models import SavedView

STAY = OF_PRODUCTS | {Kind.NUMBERS, Kind.NUMBER, Kind.BEGINNING, Kind.PART, Kind.REFERENCE}
"""What search words may be taken for and stay; a name, an address or nothing at all goes."""

NOBODY = dict.fromkeys(
    [
        *("buyer_name", "buyer_email", "buyer_company", "purchase_order_number"),
        *("recipient", "address_1", "address_2", "address_3", "city", "state", "postal_code"),
        *("delivery_instructions", "relay_phone", "relay_extension"),
    ],
    "",
)
WITH_ORDERS = "with the last order under it"

TABLES = {
    "orders.Order": Table(
        of_order="pk",
        blank=NOBODY,
        # The country stays: taxes are counted by it.
        business="reference original_order ioss_number tax_collection_model tax_collection_party country "
        "personal_data_hold_reason",
        plain="number fingerprint status fulfilment service currency calendar canceled_by cancel_reason buyer_language",
    ),
    "orders.OrderItem": Table(
        of_order="order",
        blank={"gift_message": "", "customization_url": ""},
        business="sku asin title gift_wrap_type price_designation",
        plain="number",
    ),
    "orders.OrderEvent": Table(
        of_order="order",
        by_owner="details",
        function="orders_blank_events",
        plain="kind actor_kind source old_status new_status digest",
    ),
    "orders.Memo": Table(of_order="order", deleted="text"),
    "orders.OrderNote": Table(of_order="order", deleted="text"),
    "orders.Package": Table(
        of_order="order",
        blank={"tracking_number": ""},
        business="carrier carrier_name service",
        plain="requested_kind requested_source",
    ),
    "orders.CancelRequest": Table(of_order="order", blank={"note": ""}, plain="state"),
    "orders.BuyerName": Table(timed="name", when=WITH_ORDERS),
    "orders.OrderDigits": Table(plain="digits"),
    "orders.SoldProduct": Table(business="sku asin title words"),
    "orders.OrderFacet": Table(business="fulfilment service"),
    "orders.OrderCount": Table(plain="status"),
    "orders.OrderDay": Table(plain="fulfilment status"),
    "orders.SavedView": Table(
        timed="query",
        when="search words that find no product: 30 days after the view was saved",
        business="name columns",
    ),
    "orders.DeskPreference": Table(plain="columns density sort"),
}


def _about_people(now: datetime) -> Iterator[tuple[SavedView, Question]]:
    """Views that were saved long ago with search words that name no product and no order."""
    views = SavedView.objects.filter(saved_at__lte=now - KEPT, query__contains="q=")
    for view in views.select_related("seller").order_by("pk"):
        asked = Question.read(view.query, view.seller)
        found = finds.of(asked.text, view.seller)
        if found is None or found.kind not in STAY:
            yield view, asked


def _delete_words(now: datetime) -> int:
    """The views stay, without the words."""
    done = 0
    for view, asked in _about_people(now):
        query = replace(asked, text="").query()
        done += SavedView.objects.filter(pk=view.pk, query=view.query).update(query=query)
    return done


CLOCKS = [Clock("search_words", lambda now: sum(1 for _each in _about_people(now)), _delete_words)]
