"""Orders whose last charge was refused before the order kept it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_charge_refused")]

    operations = [
        migrations.RunSQL(
            """
            UPDATE orders_order SET charge_refused_at = refused.at
            FROM (
                SELECT order_id, max(at) AS at FROM orders_orderevent WHERE kind = 'capture_refused' GROUP BY order_id
            ) AS refused
            WHERE refused.order_id = orders_order.id AND status = 'unshipped'
            """,
            migrations.RunSQL.noop,
        ),
    ]
