"""Who is told of what, what is owed, the notices on their way, and what stands in the inbox."""

from notifications.models.inbox import InboxItem
from notifications.models.notice import Notice
from notifications.models.owed import LateOrder, Owed, StockWatch
from notifications.models.recipient import Recipient

__all__ = ["InboxItem", "LateOrder", "Notice", "Owed", "Recipient", "StockWatch"]
