from django.db import migrations

# A session can tell pgtrigger to be quiet; what the app's role was not granted it cannot take (ops/roles.sql).
REVOKE = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE UPDATE, DELETE ON inventory_listingchange FROM shipby_app;
    END IF;
END
$$;
"""
GRANT = REVOKE.replace("REVOKE ", "GRANT ").replace("FROM shipby_app", "TO shipby_app")


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_words_of_listings")]

    operations = [migrations.RunSQL(REVOKE, GRANT)]
