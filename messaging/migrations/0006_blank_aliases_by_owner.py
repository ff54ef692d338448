"""The relay addresses of an expired order's threads are taken away by the owner of the tables (D1)."""

from django.db import migrations

CREATE = """
CREATE FUNCTION messaging_blank_aliases(asked bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ignored text := coalesce(current_setting('pgtrigger.ignore', true), '');
BEGIN
    PERFORM orders_check_data_expired(asked);
    PERFORM set_config('pgtrigger.ignore', '{pgtrigger_facts_37a04}', true);
    UPDATE messaging_thread SET buyer_alias = 'deleted' || id, seller_alias = 'deleted' || id
    WHERE order_id = asked;
    PERFORM set_config('pgtrigger.ignore', ignored, true);
END;
$$;

REVOKE ALL ON FUNCTION messaging_blank_aliases(bigint) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        GRANT EXECUTE ON FUNCTION messaging_blank_aliases(bigint) TO shipby_app;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_running_waits"), ("orders", "0023_blank_events_by_owner")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION messaging_blank_aliases(bigint)")]
