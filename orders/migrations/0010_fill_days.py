from django.db import migrations

# Orders shipped before there were marks: late by the moment of their last package, untraced without a number.
FILL = """
    LOCK TABLE orders_order IN SHARE ROW EXCLUSIVE MODE;
    UPDATE orders_order o SET is_shipped_late = true
    WHERE o.status = 'shipped' AND o.fulfilment = 'MFN' AND o.ship_by < (
        SELECT max(confirmed_at) FROM orders_package p WHERE p.order_id = o.id
    );
    UPDATE orders_order SET is_untraced = true WHERE id IN (
        SELECT order_id FROM orders_package WHERE confirmed_at IS NOT NULL AND tracking_number = ''
    );
    DELETE FROM orders_orderday;
    INSERT INTO orders_orderday (
        seller_id, placed_on, channel_id, fulfilment, status, is_shipped_late, is_untraced, orders, amount
    )
    SELECT seller_id, placed_on, channel_id, fulfilment, status, is_shipped_late, is_untraced, count(*), sum(total)
    FROM orders_order GROUP BY 1, 2, 3, 4, 5, 6, 7;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_days_and_rates")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
