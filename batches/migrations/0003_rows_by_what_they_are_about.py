from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("batches", "0002_pauses")]

    operations = [
        migrations.AddIndex(
            model_name="batchrow",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["subject"], name="batch_row_about"
            ),
        ),
    ]
