from django.db import migrations

# A session can tell pgtrigger to be quiet; what the app's role was not granted it cannot take (ops/roles.sql).
REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE UPDATE, DELETE ON accounts_marketplaceevent, accounts_membershipevent FROM shipby_app;
    END IF;
END
$$;
"""
GRANT = REVOKE.replace("REVOKE ", "GRANT ").replace("FROM shipby_app", "TO shipby_app")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
