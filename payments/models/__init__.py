"""An order's payment, the calls to its provider, the ledger, the statements, and the sandbox provider's books."""

from payments.models.call import ProviderCall
from payments.models.dispute import DISPUTE_ENDED, Dispute, DisputeStatus
from payments.models.event import EventSource, EventState, ProviderEvent, Topic
from payments.models.ledger import Account, Kind, LedgerEntry
from payments.models.payment import Payment
from payments.models.sandbox import SandboxOperation
from payments.models.statement import Statement, StatementLine, StatementState

__all__ = [
    "DISPUTE_ENDED",
    "Account",
    "Dispute",
    "DisputeStatus",
    "EventSource",
    "EventState",
    "Kind",
    "LedgerEntry",
    "Payment",
    "ProviderCall",
    "ProviderEvent",
    "SandboxOperation",
    "Statement",
    "StatementLine",
    "StatementState",
    "Topic",
]
