from django.db import migrations

# Whoever writes an event owes its notices, in the same transaction: rolled back together, kept together (N4).
# Not told is what was imported, and what is written down more than a day after it happened (a demo's past).
OWE = """
CREATE FUNCTION notifications_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO notifications_owed (event_id)
        SELECT id FROM written WHERE source <> 'import' AND at > now() - interval '1 day';
    RETURN NULL;
END
$$;
CREATE TRIGGER notifications_owe AFTER INSERT ON orders_orderevent
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION notifications_owe();
"""
FORGIVE = """
DROP TRIGGER notifications_owe ON orders_orderevent;
DROP FUNCTION notifications_owe();
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_notices"), ("orders", "0005_memos_and_unsupplied_units")]

    operations = [migrations.RunSQL(OWE, FORGIVE)]
