from django.db import migrations

# Whoever hears of orders about to be canceled hears of holds that end; of refunds, also of disputes.
ADD = """
UPDATE notifications_recipient SET kinds = array_append(kinds, '{kind}')
WHERE kinds @> ARRAY['{like}']::varchar[] AND NOT kinds @> ARRAY['{kind}']::varchar[]
"""
REMOVE = "UPDATE notifications_recipient SET kinds = array_remove(kinds, '{kind}')"
KINDS = [("hold", "about_to_be_canceled"), ("dispute", "refund")]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_holds_and_disputes")]

    operations = [
        migrations.RunSQL(ADD.format(kind=kind, like=like), REMOVE.format(kind=kind)) for kind, like in KINDS
    ]
