"""The app's role reads and writes rows, and nothing more (reliability D9, test G1)."""

import pytest
from django.db import ProgrammingError, connection, transaction


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE accounts_user CASCADE",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "DROP TABLE accounts_user CASCADE",
        "CREATE TABLE stranger (id int)",
        "SET session_replication_role = 'replica'",
    ],
)
def test_of_what_guards_the_history_the_app_can_switch_off_nothing(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_suite_acts_as_the_role_of_the_app() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, has_table_privilege('accounts_user', 'INSERT')")
        assert cursor.fetchone() == ("shipby_app", True)


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_is_cleaned_up_by_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("shipby_app",)
