"""An order's payment, the calls made to its provider, the ledger, and the sandbox provider's own books."""

from payments.models.call import ProviderCall
from payments.models.ledger import Account, Kind, LedgerEntry
from payments.models.payment import Payment
from payments.models.sandbox import SandboxOperation

__all__ = ["Account", "Kind", "LedgerEntry", "Payment", "ProviderCall", "SandboxOperation"]
