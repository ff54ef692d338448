import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# An order arrives in the transaction that authorises its payment: rolled back together, kept together (F1, ADR 14).
# Asked of each row, since the condition costs the other changes of an order next to nothing.
ARRIVE = """
CREATE FUNCTION reports_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_arrival (order_id, seller_id, arrived_at)
        VALUES (NEW.id, NEW.seller_id, NEW.authorised_at) ON CONFLICT (order_id) DO NOTHING;
    RETURN NULL;
END
$$;
CREATE FUNCTION reports_depart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reports_arrival WHERE order_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER reports_arrive_placed AFTER INSERT ON orders_order
    FOR EACH ROW WHEN (NEW.authorised_at IS NOT NULL) EXECUTE FUNCTION reports_arrive();
CREATE TRIGGER reports_arrive_authorised AFTER UPDATE ON orders_order
    FOR EACH ROW WHEN (OLD.authorised_at IS NULL AND NEW.authorised_at IS NOT NULL)
    EXECUTE FUNCTION reports_arrive();
CREATE TRIGGER reports_depart AFTER DELETE ON orders_order FOR EACH ROW EXECUTE FUNCTION reports_depart();
"""
STAY = """
DROP TRIGGER reports_depart ON orders_order;
DROP TRIGGER reports_arrive_authorised ON orders_order;
DROP TRIGGER reports_arrive_placed ON orders_order;
DROP FUNCTION reports_depart();
DROP FUNCTION reports_arrive();
"""
# What was updated between two moments (all orders by last update): events are only added, so this stays tiny.
EVENTS_OF_DAYS = "CREATE INDEX reports_event_of_days ON orders_orderevent USING brin (at)"
NO_EVENTS_OF_DAYS = "DROP INDEX reports_event_of_days"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0004_refund_fee_kept"),
        ("orders", "0006_units_unsupplied_event"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new_orders", "New orders"),
                            ("unshipped", "Unshipped orders"),
                            ("all_by_order_date", "All orders by order date"),
                            ("all_by_last_update", "All orders by last update"),
                            ("canceled", "Canceled orders"),
                            ("refunds_and_returns", "Refunds and returns"),
                            ("settlement", "Settlement"),
                            ("tax", "Tax"),
                            ("selection", "Orders of a list"),
                        ],
                        max_length=20,
                        verbose_name="report",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("tsv", "Tab-delimited text"),
                            ("csv", "CSV"),
                            ("xlsx", "Excel workbook"),
                            ("pdf", "PDF summary"),
                        ],
                        default="tsv",
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                ("key", models.UUIDField(unique=True, verbose_name="key of the form it came from")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("page", "Page"),
                            ("feed", "Feed"),
                            ("channel", "Sales channel"),
                            ("import", "Import"),
                            ("job", "Periodic job"),
                            ("admin", "Administration"),
                            ("command", "Command"),
                        ],
                        max_length=8,
                        verbose_name="from where",
                    ),
                ),
                ("language", models.CharField(default="en", max_length=10, verbose_name="language")),
                ("days", models.PositiveSmallIntegerField(null=True, verbose_name="past days")),
                ("first_day", models.DateField(null=True, verbose_name="first day")),
                ("last_day", models.DateField(null=True, verbose_name="last day")),
                ("first_moment", models.DateTimeField(null=True, verbose_name="from")),
                ("last_moment", models.DateTimeField(null=True, verbose_name="until, not included")),
                ("columns", models.JSONField(default=list, verbose_name="optional columns")),
                ("query", models.TextField(blank=True, verbose_name="filter of the list")),
                ("daily_for", models.DateField(null=True, verbose_name="daily report of")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Being made"),
                            ("done", "Ready"),
                            ("failed", "Failed"),
                            ("canceled", "Canceled"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("rows_total", models.PositiveBigIntegerField(null=True, verbose_name="rows")),
                ("rows_done", models.PositiveBigIntegerField(default=0, verbose_name="rows done")),
                ("parts_done", models.PositiveIntegerField(default=0, verbose_name="parts done")),
                ("offset", models.PositiveBigIntegerField(default=0, verbose_name="bytes of text done")),
                ("bytes", models.PositiveBigIntegerField(default=0, verbose_name="size of the file")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="", verbose_name="file")),
                ("created_at", models.DateTimeField(verbose_name="asked for at")),
                ("started_at", models.DateTimeField(null=True, verbose_name="begun at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                ("expires_at", models.DateTimeField(verbose_name="kept until")),
                ("claim", models.UUIDField(null=True, verbose_name="whose it is")),
                ("claimed_until", models.DateTimeField(null=True, verbose_name="held by a worker until")),
                ("faults", models.PositiveSmallIntegerField(default=0, verbose_name="times it broke")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="why it failed")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="accounts.seller",
                        verbose_name="seller",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
            },
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="arrival",
                        serialize=False,
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
                ("arrived_at", models.DateTimeField(verbose_name="arrived at")),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.seller",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="reports.report",
                        verbose_name="daily report",
                    ),
                ),
            ],
            options={
                "verbose_name": "arrival",
                "verbose_name_plural": "arrivals",
            },
        ),
        migrations.CreateModel(
            name="ReportPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField(verbose_name="place")),
                (
                    "orders",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="orders"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="reports.report",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a report",
                "verbose_name_plural": "parts of reports",
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="post a report every day")),
                (
                    "hour",
                    models.PositiveSmallIntegerField(
                        default=6,
                        validators=[django.core.validators.MaxValueValidator(23)],
                        verbose_name="hour, in the marketplace's time zone",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("tsv", "Tab-delimited text"),
                            ("csv", "CSV"),
                            ("xlsx", "Excel workbook"),
                            ("pdf", "PDF summary"),
                        ],
                        default="tsv",
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="optional columns",
                    ),
                ),
                (
                    "seller",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_schedule",
                        to="accounts.seller",
                        verbose_name="seller",
                    ),
                ),
            ],
            options={
                "verbose_name": "schedule of daily reports",
                "verbose_name_plural": "schedules of daily reports",
            },
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["seller", "-created_at", "-id"], name="report_newest"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=["created_at", "id"],
                name="report_due",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("file", ""), _negated=True), fields=["expires_at"], name="report_too_old"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("daily_for__isnull", False)),
                fields=("kind", "seller", "daily_for"),
                name="report_one_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "new_orders",
                            "unshipped",
                            "all_by_order_date",
                            "all_by_last_update",
                            "canceled",
                            "refunds_and_returns",
                            "settlement",
                            "tax",
                            "selection",
                        ],
                    )
                ),
                name="report_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["tsv", "csv", "xlsx", "pdf"])), name="report_format_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "running", "done", "failed", "canceled"])),
                name="report_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state__in", ["done", "failed", "canceled"])),
                    models.Q(("finished_at", None), ("state__in", ["waiting", "running"])),
                    _connector="OR",
                ),
                name="report_finished_says_when",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="report_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{waiting:canceled,waiting:running,running:canceled,running:done,running:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="23f1802b991437d9a516c31b0222b7edeacbe27f",
                    operation="UPDATE",
                    pgid="pgtrigger_report_moves_3460e",
                    table="reports_report",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="asked_facts",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."seller_id" IS DISTINCT FROM (NEW."seller_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."format" IS DISTINCT FROM (NEW."format") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."columns" IS DISTINCT FROM (NEW."columns") OR OLD."daily_for" IS DISTINCT FROM (NEW."daily_for") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b2b2d641c1fcce646dbc37b8eccfb4314fbd665a",
                    operation="UPDATE",
                    pgid="pgtrigger_asked_facts_1f398",
                    table="reports_report",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                condition=models.Q(("report", None)), fields=["seller"], name="arrival_unreported"
            ),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(fields=["seller", "arrived_at"], include=("order",), name="arrival_of_days"),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                condition=models.Q(("report__isnull", False)),
                fields=["report", "order"],
                name="arrival_of_report",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="arrival",
            trigger=pgtrigger.compiler.Trigger(
                name="arrival_facts",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."seller_id" IS DISTINCT FROM (NEW."seller_id") OR OLD."arrived_at" IS DISTINCT FROM (NEW."arrived_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="97d64c457b7a4ac81a34c323ffd98b547485fa09",
                    operation="UPDATE",
                    pgid="pgtrigger_arrival_facts_d9513",
                    table="reports_arrival",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="arrival",
            trigger=pgtrigger.compiler.Trigger(
                name="arrival_reported_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."report_id" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="bc718e5fe0de0d8307fe17a7ddafb20a8e1e6420",
                    operation="UPDATE",
                    pgid="pgtrigger_arrival_reported_once_0a9d6",
                    table="reports_arrival",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="reportpart",
            constraint=models.UniqueConstraint(fields=("report", "place"), name="report_part_once"),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("hour__lte", 23)), name="schedule_hour_of_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["tsv", "csv", "xlsx", "pdf"])),
                name="schedule_format_known",
            ),
        ),
        migrations.RunSQL(ARRIVE, STAY),
        migrations.RunSQL(EVENTS_OF_DAYS, NO_EVENTS_OF_DAYS),
    ]
