from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("batches", "0001_batches")]

    operations = [
        migrations.AddField(
            model_name="batchrow",
            name="waits",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="times it was put off"),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="not_before",
            field=models.DateTimeField(null=True, verbose_name="not to be tried before"),
        ),
        migrations.RemoveIndex(model_name="batchrow", name="batch_row_next"),
        migrations.AddIndex(
            model_name="batchrow",
            index=models.Index(
                fields=["batch", "faults", "waits", "place"],
                condition=models.Q(state="waiting"),
                name="batch_row_next",
            ),
        ),
    ]
