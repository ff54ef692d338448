"""Who is notified of orders that are about to be canceled is notified of refused charges too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_charge_refused")]

    operations = [
        migrations.RunSQL(
            """
            UPDATE notifications_recipient SET kinds = array_append(kinds, 'charge_refused')
            WHERE 'about_to_be_canceled' = ANY (kinds) AND NOT 'charge_refused' = ANY (kinds)
            """,
            "UPDATE notifications_recipient SET kinds = array_remove(kinds, 'charge_refused')",
        ),
    ]
