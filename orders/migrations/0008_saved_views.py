import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_refund_fee_kept"),
        ("orders", "0007_printed_and_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskPreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="columns",
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[
                            ("comfortable", "Comfortable"),
                            ("compact", "Compact"),
                            ("line", "One line"),
                        ],
                        default="compact",
                        max_length=11,
                        verbose_name="density",
                    ),
                ),
                ("size", models.PositiveSmallIntegerField(default=50, verbose_name="orders on a page")),
                ("sort", models.CharField(blank=True, max_length=20, verbose_name="sorting")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
            ],
            options={
                "verbose_name": "preference of the list",
                "verbose_name_plural": "preferences of the list",
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("query", models.CharField(blank=True, max_length=6000, verbose_name="what it asks for")),
                ("days", models.PositiveSmallIntegerField(null=True, verbose_name="of the last days")),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="columns",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0, verbose_name="place")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["place", "pk"],
            },
        ),
        migrations.AddField(
            model_name="deskpreference",
            name="membership",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="desk_preference",
                to="accounts.membership",
                verbose_name="member",
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="made_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to="accounts.membership",
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to="accounts.seller",
                verbose_name="seller",
            ),
        ),
        migrations.AddField(
            model_name="deskpreference",
            name="start_view",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="orders.savedview",
                verbose_name="opens with",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                models.F("owner"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("owner__isnull", False)),
                name="view_name_once_per_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                models.F("seller"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("owner", None)),
                name="view_name_once_per_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="view_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="deskpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(("density__in", ["comfortable", "compact", "line"])),
                name="preference_density_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__in", [25, 50, 100])), name="preference_size_known"
            ),
        ),
    ]
