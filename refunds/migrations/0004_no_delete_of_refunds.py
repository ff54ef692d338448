from django.db import migrations

# As for payments: what the app's role was not granted it cannot take.
REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE DELETE ON refunds_refund FROM shipby_app;
        REVOKE UPDATE, DELETE ON refunds_refundline FROM shipby_app;
    END IF;
END
$$;
"""
GRANT = REVOKE.replace("REVOKE ", "GRANT ").replace("FROM shipby_app", "TO shipby_app")


class Migration(migrations.Migration):
    dependencies = [("refunds", "0003_refunds_may_fail_later")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
