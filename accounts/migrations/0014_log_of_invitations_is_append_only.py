from django.db import migrations

# As for the other histories (0002): what the app's role was not granted it cannot take.
REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE UPDATE, DELETE ON accounts_invitationevent FROM shipby_app;
    END IF;
END
$$;
"""
GRANT = REVOKE.replace("REVOKE ", "GRANT ").replace("FROM shipby_app", "TO shipby_app")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_mails_and_log_of_permissions")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
