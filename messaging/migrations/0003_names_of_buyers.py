"""The names of the buyers of the threads that there are, and of those whose name changes from now on."""

from django.db import migrations

# The trigger stands on the order's table and is of no model here: whoever changes a buyer's name, or takes it
# away, need not know that threads are searched by it.
FOLLOW = """
CREATE FUNCTION messaging_follow_buyer() RETURNS trigger AS $$
BEGIN
    UPDATE messaging_threadbuyer SET name = NEW.buyer_name
    WHERE thread_id IN (SELECT id FROM messaging_thread WHERE order_id = NEW.id);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER messaging_follow_buyer AFTER UPDATE OF buyer_name ON orders_order
FOR EACH ROW WHEN (OLD.buyer_name IS DISTINCT FROM NEW.buyer_name)
EXECUTE FUNCTION messaging_follow_buyer();
"""
FOLLOW_NO_MORE = """
DROP TRIGGER messaging_follow_buyer ON orders_order;
DROP FUNCTION messaging_follow_buyer();
"""
FILL = """
INSERT INTO messaging_threadbuyer (thread_id, name)
SELECT messaging_thread.id, buyer_name
FROM messaging_thread JOIN orders_order ON orders_order.id = messaging_thread.order_id
ON CONFLICT (thread_id) DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_search_by_index")]

    operations = [
        migrations.RunSQL(FOLLOW, FOLLOW_NO_MORE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
