"""What is append-only stays so for the app's role, even in a session that tells the triggers to be quiet."""

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

pytestmark = pytest.mark.django_db

TABLES = {
    "orders_orderevent": "orders.OrderEvent:append_only",
    "payments_ledgerentry": "payments.LedgerEntry:ledger_append_only",
    "inventory_stockmovement": "inventory.StockMovement:append_only",
}
CHANGES = ["UPDATE {table} SET at = at", "DELETE FROM {table}", "TRUNCATE {table}"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", [*CHANGES, "ALTER TABLE {table} DISABLE TRIGGER ALL"])
def test_the_apps_role_cannot_change_history(table, change):
    with pgtrigger.ignore(TABLES[table]), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            cursor.execute(change.format(table=table))
