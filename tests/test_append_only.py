"""What is append-only stays so for the app's role, even in a session that tells the triggers to be quiet."""

from contextlib import nullcontext

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

pytestmark = pytest.mark.django_db

TABLES = {
    "orders_orderevent": "orders.OrderEvent:append_only",
    "payments_ledgerentry": "payments.LedgerEntry:ledger_append_only",
    "payments_statementline": "payments.StatementLine:statement_line_append_only",
    "inventory_stockmovement": "inventory.StockMovement:append_only",
    "inventory_listingchange": "inventory.ListingChange:append_only",
    "accounts_membershipevent": "",
    "accounts_invitationevent": "",
    "accounts_marketplaceevent": "",
    "access_log_access": "",
    "access_log_access_default": "",
}
CHANGES = ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table}"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", [*CHANGES, "ALTER TABLE {table} DISABLE TRIGGER ALL"])
def test_the_apps_role_cannot_change_history(table, change):
    column = "pgh_label" if table.startswith("accounts") else "day" if table.endswith("line") else "at"
    quiet = pgtrigger.ignore(TABLES[table]) if TABLES[table] else nullcontext()
    with quiet, connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            cursor.execute(change.format(table=table, column=column))
