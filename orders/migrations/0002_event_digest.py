from django.db import migrations

# The digest of one event over the digest before it. Moments are written in UTC, so that no session setting matters.
CREATE = """
CREATE FUNCTION orders_event_digest(before text, event orders_orderevent) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws('|',
        coalesce(before, ''), event.order_id, event.seller_id, event.kind,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
        coalesce(event.actor_id::text, '-'), event.actor_kind, event.source,
        event.old_status, event.new_status, event.details::text
    ), 'UTF8')), 'hex')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION orders_event_digest(text, orders_orderevent)"),
    ]
