from django.db import migrations

# Of waits that ended before there was this table nothing is known; those that run are written down.
FILL = """
    INSERT INTO messaging_wait (thread_id, seller_id, began_at, due_at)
    SELECT id, seller_id, reply_due_at - interval '24 hours', reply_due_at
    FROM messaging_thread WHERE reply_due_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_waits")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
