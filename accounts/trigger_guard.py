"""Triggers can be told to be quiet by the owner of the tables, and by nobody else.

pgtrigger asks a function of the database whether a session ignores a trigger, and any session may set that. Its
migrations write the function anew, so it is replaced after each `migrate`.
"""

from typing import Any

from django.db import connections

# Whose function it is, is who migrates. The list comes first: it is empty in all but the rarest of calls.
FUNCTION = """
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
BEGIN
    IF trigger_name = ANY(coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}')::text[]) THEN
        RETURN EXISTS (
            SELECT FROM pg_catalog.pg_proc AS asked
            WHERE asked.oid = '"public"._pgtrigger_should_ignore(name)'::pg_catalog.regprocedure
            AND pg_catalog.pg_has_role(current_user, asked.proowner, 'USAGE')
        );
    END IF;
    RETURN FALSE;
END;
$$ LANGUAGE plpgsql;
"""


def after_migrate(using: str, plan: object = None, **_signal: Any) -> None:
    """Guard the triggers after `migrate`; `flush`, which sends the same signal without a plan, leaves them alone."""
    if plan is not None:
        install(using)


def install(using: str) -> None:
    """Replace the function with the one that asks who is asking."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('\"public\"._pgtrigger_should_ignore(name)')")
        if cursor.fetchone() != (None,):
            cursor.execute(FUNCTION)
