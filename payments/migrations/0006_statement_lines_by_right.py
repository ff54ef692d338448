from django.db import migrations

# As for the ledger (0003): what the app's role was not granted it cannot take.
REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE UPDATE, DELETE ON payments_statementline FROM shipby_app;
    END IF;
END
$$;
"""
GRANT = REVOKE.replace("REVOKE ", "GRANT ").replace("FROM shipby_app", "TO shipby_app")


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_statements")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
