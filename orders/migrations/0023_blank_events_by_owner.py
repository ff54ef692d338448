"""What an expired order's history says of its buyer is blanked by the owner of the tables: the app's role can't (D1).

The function looks itself whether the data has expired. It refuses a history that was tampered with, so that it
never covers that up; what it writes is chained again from the first blanked event on.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION orders_check_data_expired(asked bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM orders_order WHERE id = asked AND status IN ('shipped', 'canceled')
        AND personal_data_expires_at <= clock_timestamp() AND personal_data_hold_reason = ''
    ) THEN
        RAISE EXCEPTION 'the personal data of order % has not expired', asked;
    END IF;
END;
$$;

CREATE FUNCTION orders_blanked_details(kind text, details jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN kind = 'shipment_confirmed' AND jsonb_typeof(details->'packages') = 'array' THEN
            jsonb_set(details, '{packages}', (
                SELECT coalesce(jsonb_agg(told || '{"tracking_number": ""}' ORDER BY place), '[]')
                FROM jsonb_array_elements(details->'packages') WITH ORDINALITY AS packages (told, place)
            ))
        WHEN kind = 'package_edited' AND details->'changes' ? 'tracking_number' THEN
            jsonb_set(details, '{changes,tracking_number}', '["", ""]')
        ELSE details
    END
$$;

CREATE FUNCTION orders_blank_events(asked bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ignored text := coalesce(current_setting('pgtrigger.ignore', true), '');
    event orders_orderevent;
    kept text;
    chained text;
BEGIN
    PERFORM orders_check_data_expired(asked);
    PERFORM set_config('pgtrigger.ignore', '{pgtrigger_append_only_39cdb}', true);
    FOR event IN SELECT * FROM orders_orderevent WHERE order_id = asked ORDER BY id LOOP
        IF event.digest IS DISTINCT FROM orders_event_digest(kept, event) THEN
            RAISE EXCEPTION 'the history of order % is broken at event %', asked, event.id;
        END IF;
        kept := event.digest;
        event.details := orders_blanked_details(event.kind, event.details);
        event.digest := orders_event_digest(chained, event);
        chained := event.digest;
        IF chained <> kept THEN
            UPDATE orders_orderevent SET details = event.details, digest = event.digest WHERE id = event.id;
        END IF;
    END LOOP;
    PERFORM set_config('pgtrigger.ignore', ignored, true);
END;
$$;

REVOKE ALL ON FUNCTION orders_blank_events(bigint) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        GRANT EXECUTE ON FUNCTION orders_blank_events(bigint) TO shipby_app;
    END IF;
END
$$;
"""
DROP = """
DROP FUNCTION orders_blank_events(bigint);
DROP FUNCTION orders_blanked_details(text, jsonb);
DROP FUNCTION orders_check_data_expired(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0022_personal_data_events")]

    operations = [migrations.RunSQL(CREATE, DROP)]
