from django.db import migrations

# What was charged before there were statements: all of it is due, and settled on the day that was promised.
FILL = """
UPDATE payments_payment p SET settles_on = p.available_on, due_amount = booked.due
FROM (
    SELECT payment_id, -sum(amount) FILTER (WHERE account = 'due') AS due
    FROM payments_ledgerentry GROUP BY payment_id
) AS booked
WHERE booked.payment_id = p.id AND p.state = 'captured' AND booked.due IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_statement_lines_by_right")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
