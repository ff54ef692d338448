from django.db import migrations

# Orders that were authorised before there were reports are in the first one. Those that come meanwhile arrive by
# themselves.
ARRIVE = """
INSERT INTO reports_arrival (order_id, seller_id, arrived_at)
    SELECT id, seller_id, authorised_at FROM orders_order WHERE authorised_at IS NOT NULL
    ON CONFLICT (order_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_feed_remarks")]

    operations = [migrations.RunSQL(ARRIVE, migrations.RunSQL.noop)]
