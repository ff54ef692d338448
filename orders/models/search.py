"""What orders are searched by, in tables of its own: an order's row changes with its status, these words do not.

Names and products stand once for each seller, however often they are ordered, with the orders that bear them
by the moment they were placed. So a search looks into a short list of words, by trigrams where it must, and
then walks the orders of each word newest first; it never collects all that match. Triggers write every row,
whoever adds the order and however many at once.
"""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import MD5, Right, Upper

from accounts.models import SalesChannel, Seller

FACETS = """
INSERT INTO orders_orderfacet (seller_id, channel_id, fulfilment, service)
SELECT DISTINCT seller_id, channel_id, fulfilment, service FROM {rows} AS n WHERE NOT EXISTS (
    SELECT FROM orders_orderfacet AS f WHERE f.seller_id = n.seller_id AND f.channel_id = n.channel_id
    AND f.fulfilment = n.fulfilment AND f.service = n.service
) ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING;
"""
# In capitals, and in one order, so that two batches of new names never wait for each other.
# A name that is there is held, or somebody's renaming takes it away before this order stands under it.
BUYERS = """
PERFORM b.id FROM {rows} AS n
JOIN orders_buyername AS b ON b.seller_id = n.seller_id AND b.name = upper(n.buyer_name)
ORDER BY b.id FOR KEY SHARE OF b;
INSERT INTO orders_buyername (seller_id, name)
SELECT DISTINCT seller_id, upper(buyer_name) FROM {rows} AS n WHERE NOT EXISTS (
    SELECT FROM orders_buyername AS b WHERE b.seller_id = n.seller_id AND b.name = upper(n.buyer_name)
) ORDER BY 1, 2 ON CONFLICT DO NOTHING;
INSERT INTO orders_buyerorder (buyer_id, placed_at, order_id)
SELECT b.id, n.placed_at, n.id
FROM {rows} AS n JOIN orders_buyername AS b ON b.seller_id = n.seller_id AND b.name = upper(n.buyer_name)
ON CONFLICT DO NOTHING;
"""
DIGITS = """
INSERT INTO orders_orderdigits (order_id, seller_id, digits)
SELECT id, seller_id, replace(number, '-', '') FROM {rows} ON CONFLICT DO NOTHING;
"""
PRODUCTS = """
INSERT INTO orders_soldproduct (seller_id, sku, asin, title, words)
SELECT DISTINCT seller_id, sku, asin, title, upper(concat(sku, chr(10), asin, chr(10), title))
FROM {rows} AS n WHERE NOT EXISTS (
    SELECT FROM orders_soldproduct AS p WHERE p.seller_id = n.seller_id AND p.sku = n.sku
    AND p.asin = n.asin AND md5(p.title) = md5(n.title)
) ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING;
INSERT INTO orders_productorder (product_id, placed_at, order_id)
SELECT DISTINCT p.id, o.placed_at, o.id FROM {rows} AS n
JOIN orders_order AS o ON o.id = n.order_id
JOIN orders_soldproduct AS p ON p.seller_id = n.seller_id AND p.sku = n.sku
    AND p.asin = n.asin AND md5(p.title) = md5(n.title)
ON CONFLICT DO NOTHING;
"""
# A name that was changed or taken away is found no more, and kept nowhere. It is locked before it is asked whether
# others bear it: whoever adds an order under it is waited for. No order is found under no name.
RENAMED = """
DELETE FROM orders_buyerorder AS p USING orders_buyername AS b
WHERE b.seller_id = OLD.seller_id AND b.name = upper(OLD.buyer_name)
    AND p.buyer_id = b.id AND p.placed_at = OLD.placed_at AND p.order_id = OLD.id;
PERFORM FROM orders_buyername WHERE seller_id = OLD.seller_id AND name = upper(OLD.buyer_name) FOR UPDATE;
DELETE FROM orders_buyername AS b WHERE b.seller_id = OLD.seller_id AND b.name = upper(OLD.buyer_name)
    AND NOT EXISTS (SELECT FROM orders_buyerorder AS p WHERE p.buyer_id = b.id);
IF NEW.buyer_name = '' THEN
    RETURN NULL;
END IF;
INSERT INTO orders_buyername (seller_id, name) VALUES (NEW.seller_id, upper(NEW.buyer_name))
ON CONFLICT DO NOTHING;
INSERT INTO orders_buyerorder (buyer_id, placed_at, order_id)
SELECT id, NEW.placed_at, NEW.id FROM orders_buyername
WHERE seller_id = NEW.seller_id AND name = upper(NEW.buyer_name) FOR KEY SHARE ON CONFLICT DO NOTHING;
RETURN NULL;
"""


def _added(name: str, *statements: str) -> pgtrigger.Trigger:
    """After rows were added, all of one statement together."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func="".join(statements).format(rows="new_rows") + "RETURN NULL;",
    )


ORDER_TRIGGERS = [
    _added("search_words", FACETS, BUYERS, DIGITS),
    pgtrigger.Trigger(
        name="search_renamed",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("buyer_name"),
        condition=pgtrigger.Q(old__buyer_name__df=pgtrigger.F("new__buyer_name")),
        func=RENAMED,
    ),
]
ITEM_TRIGGERS = [_added("search_products", PRODUCTS)]


class OrderFacet(models.Model):
    """A channel, fulfilment and service under which the seller has had an order: what lists can be narrowed by."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(SalesChannel, on_delete=models.CASCADE, related_name="+", db_index=False)
    fulfilment = models.CharField(max_length=3)
    service = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "channel", "fulfilment", "service"], name="order_facet_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.fulfilment} {self.service}"


class BuyerName(models.Model):
    """A buyer's name in capitals, once for each seller."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "name"], opclasses=["", "text_pattern_ops"], name="buyer_name_once"
            ),
        ]
        indexes = [
            GinIndex(OpClass("name", name="gin_trgm_ops"), name="buyer_name_parts"),
            # Two letters have no trigram: names are found by how they end, too.
            models.Index("seller", Right("name", 2), name="buyer_name_ends"),
        ]

    def __str__(self) -> str:
        return self.name


class BuyerOrder(models.Model):
    """An order under its buyer's name. No constraint leads to the order: whoever adds it adds this."""

    pk = models.CompositePrimaryKey("buyer_id", "placed_at", "order_id")
    buyer_id = models.BigIntegerField()
    placed_at = models.DateTimeField()
    order_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.buyer_id} {self.order_id}"


class SoldProduct(models.Model):
    """What items say of a product, once for each seller; `words` holds all of it in capitals."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    sku = models.CharField(max_length=40)
    asin = models.CharField(max_length=10)
    title = models.CharField(max_length=500)
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint("seller", "sku", "asin", MD5("title"), name="product_once")]
        indexes = [
            models.Index("seller", OpClass(Upper("sku"), name="text_pattern_ops"), name="product_sku"),
            models.Index("seller", OpClass(Upper("asin"), name="text_pattern_ops"), name="product_asin"),
            GinIndex(OpClass("words", name="gin_trgm_ops"), name="product_words"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.title}"


class ProductOrder(models.Model):
    """An order under a product that it has. No constraint leads to the order: whoever adds it adds this."""

    pk = models.CompositePrimaryKey("product_id", "placed_at", "order_id")
    product_id = models.BigIntegerField()
    placed_at = models.DateTimeField()
    order_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.product_id} {self.order_id}"


class OrderDigits(models.Model):
    """An order number without its dashes, searched by any part of it."""

    order_id = models.BigIntegerField(primary_key=True)
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", db_index=False)
    digits = models.CharField(max_length=17)

    class Meta:
        indexes = [GinIndex(OpClass("digits", name="gin_trgm_ops"), name="order_digits_parts")]

    def __str__(self) -> str:
        return self.digits
