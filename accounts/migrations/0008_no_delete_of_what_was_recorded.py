from django.db import migrations

# As for the histories (0002): what the app's role was not granted it cannot take.
REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE UPDATE, DELETE ON django_admin_log FROM shipby_app;
        REVOKE DELETE ON pghistory_context FROM shipby_app;
    END IF;
END
$$;
"""
GRANT = REVOKE.replace("REVOKE ", "GRANT ").replace("FROM shipby_app", "TO shipby_app")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_heartbeat"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
