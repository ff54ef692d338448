from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_arrivals_so_far")]

    operations = [
        migrations.AddField(
            model_name="feed",
            name="asked_at",
            field=models.DateTimeField(null=True, verbose_name="moment that its rows count from"),
        ),
        migrations.AddField(
            model_name="feed",
            name="rounds",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="times it went on with what was not done"
            ),
        ),
    ]
