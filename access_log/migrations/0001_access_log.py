import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Partitioned by month, so that 12 months later a whole table is dropped and nothing is deleted row by row. The default
# partition takes what no month was made for: a row is never refused.
TABLE = """
CREATE SEQUENCE access_log_access_id_seq;
CREATE TABLE access_log_access (
    id bigint NOT NULL DEFAULT nextval('access_log_access_id_seq'),
    at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    action varchar(12) NOT NULL,
    via varchar(12) NOT NULL,
    user_id bigint NULL,
    seller_id bigint NULL,
    order_number varchar(19) NOT NULL,
    orders integer NOT NULL,
    page varchar(60) NOT NULL,
    record varchar(40) NOT NULL,
    address inet NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
ALTER SEQUENCE access_log_access_id_seq OWNED BY access_log_access.id;
CREATE INDEX access_log_access_user ON access_log_access (user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX access_log_access_seller ON access_log_access (seller_id, at) WHERE seller_id IS NOT NULL;
CREATE INDEX access_log_access_order ON access_log_access (order_number, at) WHERE order_number <> '';
CREATE TABLE access_log_access_default PARTITION OF access_log_access DEFAULT;
"""
DROP = "DROP TABLE access_log_access;"

# The app's role can't create or drop a table. It may call this, which does nothing but what the log's rule says:
# three months ahead there are partitions, and those that ended 12 months ago are dropped.
KEEP = """
CREATE FUNCTION access_log_keep_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    this_month timestamp := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC');
    first timestamp;
    name text;
    changed integer := 0;
BEGIN
    FOR ahead IN 0..3 LOOP
        first := this_month + make_interval(months => ahead);
        name := 'access_log_access_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || quote_ident(name)) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.access_log_access INCLUDING DEFAULTS)', name);
        -- Rows of that month that the default partition took meanwhile.
        LOCK TABLE public.access_log_access_default IN ACCESS EXCLUSIVE MODE;
        EXECUTE format(
            'WITH moved AS (DELETE FROM public.access_log_access_default WHERE at >= %L AND at < %L RETURNING *)'
            ' INSERT INTO public.%I SELECT * FROM moved',
            first AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC', name
        );
        EXECUTE format(
            'ALTER TABLE public.access_log_access ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
            name, first AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC'
        );
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
            EXECUTE format('REVOKE ALL ON public.%I FROM shipby_app', name);
        END IF;
        changed := changed + 1;
    END LOOP;
    FOR name IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'public.access_log_access'::regclass AND relname ~ '^access_log_access_[0-9]{4}_[0-9]{2}$'
        AND relname < 'access_log_access_' || to_char(this_month - interval '12 months', 'YYYY_MM')
    LOOP
        EXECUTE format('DROP TABLE public.%I', name);
        changed := changed + 1;
    END LOOP;
    DELETE FROM public.access_log_access_default
    WHERE at < (this_month - interval '12 months') AT TIME ZONE 'UTC';
    RETURN changed;
END
$$;
REVOKE ALL ON FUNCTION access_log_keep_partitions() FROM PUBLIC;
SELECT access_log_keep_partitions();
"""
KEEP_NO_MORE = "DROP FUNCTION access_log_keep_partitions();"

RIGHTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shipby_app') THEN
        REVOKE ALL ON access_log_access, access_log_access_default FROM shipby_app;
        GRANT SELECT, INSERT ON access_log_access TO shipby_app;
        GRANT EXECUTE ON FUNCTION access_log_keep_partitions() TO shipby_app;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0008_no_delete_of_what_was_recorded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(TABLE, DROP),
                migrations.RunSQL(KEEP, KEEP_NO_MORE),
                migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Access",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="time")),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("view", "Viewed"),
                                    ("list", "Viewed a list"),
                                    ("search", "Searched for a person"),
                                    ("download", "Downloaded"),
                                    ("sign_in", "Signed in"),
                                    ("failed", "Failed to sign in"),
                                    ("permissions", "Changed permissions"),
                                ],
                                max_length=12,
                                verbose_name="action",
                            ),
                        ),
                        (
                            "via",
                            models.CharField(
                                choices=[
                                    ("system", "System"),
                                    ("buyer", "Buyer"),
                                    ("seller", "Seller"),
                                    ("marketplace", "Marketplace"),
                                    ("channel", "Sales channel"),
                                ],
                                max_length=12,
                                verbose_name="acted as",
                            ),
                        ),
                        (
                            "order_number",
                            models.CharField(default="", max_length=19, verbose_name="order number"),
                        ),
                        ("orders", models.IntegerField(default=1, verbose_name="records shown")),
                        ("page", models.CharField(max_length=60, verbose_name="page")),
                        ("record", models.CharField(default="", max_length=40, verbose_name="record")),
                        ("address", models.GenericIPAddressField(null=True, verbose_name="network address")),
                        (
                            "seller",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.seller",
                                verbose_name="seller",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "access to personal data",
                        "verbose_name_plural": "access log",
                        "ordering": ("-at", "-pk"),
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnusualAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("orders", models.IntegerField()),
                ("found_at", models.DateTimeField()),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unusual_accesses",
                        to="accounts.seller",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "user", "day"), name="unusual_access_once_a_day"
                    )
                ]
            },
        ),
    ]
