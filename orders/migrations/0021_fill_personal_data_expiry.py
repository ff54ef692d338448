"""When the data of orders goes that shipped or were canceled before the order kept it."""

from django.db import migrations

BATCH = 20_000
# As orders/delivery.py counted the days when this was written.
SHIPPED = """
    UPDATE orders_order AS o SET delivered_on = d.day,
        personal_data_expires_at = (d.day + d.kept)::timestamp AT TIME ZONE d.time_zone
    FROM (
        SELECT o.id, m.personal_data_days AS kept, m.time_zone,
            coalesce(
                (SELECT max(p.ship_date) FROM orders_package AS p
                    WHERE p.order_id = o.id AND p.confirmed_at IS NOT NULL),
                (o.shipped_at AT TIME ZONE m.time_zone)::date
            ) + coalesce(s.days, 14) AS day
        FROM orders_order AS o
        JOIN accounts_seller AS seller ON seller.id = o.seller_id
        JOIN accounts_marketplace AS m ON m.id = seller.marketplace_id
        LEFT JOIN (
            VALUES ('sameday', 0), ('nextday', 1), ('secondday', 2), ('priority', 3), ('expedited', 5),
                ('standard', 8), ('freeeconomy', 10)
        ) AS s (service, days) ON s.service = regexp_replace(lower(o.service), '[^a-z0-9]', '', 'g')
        WHERE o.status = 'shipped' AND o.personal_data_expires_at IS NULL AND o.id >= %s AND o.id < %s
    ) AS d WHERE d.id = o.id AND d.day IS NOT NULL
"""
CANCELED = """
    UPDATE orders_order AS o
    SET personal_data_expires_at = o.canceled_at + make_interval(days => m.personal_data_days)
    FROM accounts_seller AS seller JOIN accounts_marketplace AS m ON m.id = seller.marketplace_id
    WHERE seller.id = o.seller_id AND o.status = 'canceled' AND o.personal_data_expires_at IS NULL
        AND o.id >= %s AND o.id < %s
"""


def fill(apps, schema_editor):
    """Batch by batch, each a transaction of its own; safe to run again after a stop."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM orders_order")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, BATCH) if first is not None else ():
            for statement in (SHIPPED, CANCELED):
                cursor.execute(statement, [start, start + BATCH])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0020_personal_data_columns")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
