from django.db import migrations

# As for the ledger (0003): what the app's role was not granted it cannot take.
REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE DELETE ON payments_payment, payments_providercall, payments_dispute, payments_statement
            FROM shipby_app;
    END IF;
END
$$;
"""
GRANT = REVOKE.replace("REVOKE ", "GRANT ").replace("FROM shipby_app", "TO shipby_app")


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_holds_events_and_disputes")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
