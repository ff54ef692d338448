"""The people and the clock of the orders' pages: Alice may everything, Bob only look, Charlie is a stranger."""

from tests.orders.conftest import alice, at, bob, charlie, listing, seller

__all__ = ["alice", "at", "bob", "charlie", "listing", "seller"]
