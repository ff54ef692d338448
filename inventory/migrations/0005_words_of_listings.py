from django.db import migrations

# What the trigger `words` writes for every listing from now on, for those that are there.
FILL = """
INSERT INTO inventory_listingtext (listing_id, words)
SELECT id, upper(concat(chr(10), sku, chr(10), asin, chr(10), title, chr(10))) FROM inventory_listing
ON CONFLICT (listing_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_low_stock_search_and_history")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
