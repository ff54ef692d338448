from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_daily_falls_back")]

    operations = [
        migrations.RemoveConstraint(model_name="report", name="report_one_a_day"),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("daily_for__isnull", False)),
                fields=("kind", "seller", "first_moment"),
                name="report_follows_one",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("daily_for__isnull", False)),
                fields=["last_moment"],
                name="report_daily_until",
            ),
        ),
    ]
