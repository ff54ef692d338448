from django.db import migrations

# What the triggers write for every order from now on, for those that are there. Written out, not imported: the
# triggers may change.
FILL = """
INSERT INTO orders_orderfacet (seller_id, channel_id, fulfilment, service)
SELECT DISTINCT seller_id, channel_id, fulfilment, service FROM orders_order ON CONFLICT DO NOTHING;

INSERT INTO orders_buyername (seller_id, name)
SELECT DISTINCT seller_id, upper(buyer_name) FROM orders_order ON CONFLICT DO NOTHING;

INSERT INTO orders_buyerorder (buyer_id, placed_at, order_id)
SELECT b.id, n.placed_at, n.id
FROM orders_order AS n JOIN orders_buyername AS b ON b.seller_id = n.seller_id AND b.name = upper(n.buyer_name)
ON CONFLICT DO NOTHING;

INSERT INTO orders_orderdigits (order_id, seller_id, digits)
SELECT id, seller_id, replace(number, '-', '') FROM orders_order ON CONFLICT DO NOTHING;

INSERT INTO orders_soldproduct (seller_id, sku, asin, title, words)
SELECT DISTINCT seller_id, sku, asin, title, upper(concat(sku, chr(10), asin, chr(10), title))
FROM orders_orderitem ON CONFLICT DO NOTHING;

INSERT INTO orders_productorder (product_id, placed_at, order_id)
SELECT DISTINCT p.id, o.placed_at, o.id FROM orders_orderitem AS n
JOIN orders_order AS o ON o.id = n.order_id
JOIN orders_soldproduct AS p ON p.seller_id = n.seller_id AND p.sku = n.sku
    AND p.asin = n.asin AND md5(p.title) = md5(n.title)
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_search_tables")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
