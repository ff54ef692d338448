"""An order's payment, the calls to its provider, the ledger, the statements, and the sandbox provider's books."""

from payments.models.call import ProviderCall
from payments.models.ledger import Account, Kind, LedgerEntry
from payments.models.payment import Payment
from payments.models.sandbox import SandboxOperation
from payments.models.statement import Statement, StatementLine, StatementState

__all__ = [
    "Account",
    "Kind",
    "LedgerEntry",
    "Payment",
    "ProviderCall",
    "SandboxOperation",
    "Statement",
    "StatementLine",
    "StatementState",
]
