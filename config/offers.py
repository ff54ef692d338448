"""What apps offer to the apps below them, which know them by these names alone."""

# What the apps above put onto the pages of orders (docs/adr/0010).
SLOTS: dict[str, list[str]] = {
    "home": [
        "messaging.slots.home_warning",
        "notifications.attention.home_warning",
        "notifications.unusual_access.home_warning",
    ],
    "home_work": ["messaging.slots.home_work", "refunds.slots.home_work"],
    "rates": ["messaging.waits.REPLIES"],
    "order": ["messaging.slots.panel", "refunds.slots.panel"],
    "order_actions": ["messaging.slots.button", "refunds.slots.button"],
    "buyer": ["messaging.slots.buyer", "refunds.slots.buyer"],
}

# Conditions on an order about which something was asked and isn't decided yet (O18).
UNDECIDED: list[str] = ["reports.feeds.waiting.unread_file"]

# Who follows what a payment provider reports, by what the report is about (payments/news.py).
PROVIDER_NEWS: dict[str, str] = {
    "payment": "orders.provider_news.payment",
    "dispute": "orders.provider_news.dispute",
    "refund": "refunds.provider_news.refund",
    "payout": "payments.news.payout_failed",
}

# What can be done to many rows at once, by the name that a batch keeps (docs/adr/0013).
BATCH_KINDS: dict[str, str] = {
    "cancel": "orders.bulk.cancel.KIND",
    "ship": "orders.bulk.ship.KIND",
    "feed_ship": "reports.feeds.kinds.SHIP",
    "feed_cancel": "reports.feeds.kinds.CANCEL",
    "feed_adjust": "reports.feeds.kinds.ADJUST",
    "feed_stock": "reports.feeds.kinds.STOCK",
}
