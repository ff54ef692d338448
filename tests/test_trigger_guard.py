"""No session of the app's role can tell a trigger to be quiet; the owner of the tables can."""

import re

import pgtrigger
import pytest
from django.db import DatabaseError, InternalError, connection, transaction
from pgtrigger import installation

from accounts import trigger_guard
from accounts.models import Membership
from orders.models import Order
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised, ship
from tests.owner import acting_as_owner

pytestmark = pytest.mark.django_db
HEAD = re.compile(
    r"^(.*?IF \(.*?_pgtrigger_should_ignore\(TG_NAME\) IS TRUE\) THEN.*?END IF;.*?END IF;)", re.S
)
NAMES = sorted({trigger.get_pgid(model) for model, trigger in pgtrigger.registered()})


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def be_quiet(*names):
    """What an intruder in the portal would say to the database."""
    ask("SELECT set_config('pgtrigger.ignore', %s, true)", "{" + ",".join(names) + "}")


def attach(name):
    """A table of one column under the very head of this trigger; where that goes on, it fires."""
    ((source,),) = ask("SELECT prosrc FROM pg_proc WHERE proname = %s", name)
    head = HEAD.match(source)
    assert head, f"{name} asks nobody whether it is ignored"
    ask("CREATE TABLE guarded (id int); GRANT INSERT ON guarded TO PUBLIC")
    ask(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS TRIGGER AS $body$"
        f"{head[1]} RAISE EXCEPTION 'fired'; END; $body$ LANGUAGE plpgsql;"
        f"CREATE TRIGGER {name} BEFORE INSERT ON guarded FOR EACH ROW EXECUTE PROCEDURE {name}()"
    )


def is_fired():
    try:
        with transaction.atomic():
            ask("INSERT INTO guarded VALUES (1)")
    except DatabaseError as error:
        assert "fired" in str(error)
        return True
    return False


def test_every_trigger_of_the_database_that_can_be_ignored_is_asked_here():
    found = ask(
        "SELECT tgname, tgenabled FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE NOT tgisinternal AND prosrc LIKE '%%pgtrigger%%'"
    )
    assert sorted(found) == [(name, "O") for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_trigger_fires_for_the_app_whatever_it_sets_and_is_quiet_for_the_owner(name):
    with acting_as_owner():
        attach(name)
    be_quiet(name)
    assert is_fired()
    with acting_as_owner():
        assert not is_fired()
        be_quiet()
        assert is_fired()


def test_shipped_order_stays_shipped():
    order = ship(authorised((ListingFactory(), 1)))
    be_quiet(*NAMES)
    with pytest.raises(InternalError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="pending")


def test_change_of_rights_leaves_its_history():
    member = MembershipFactory()
    be_quiet(*NAMES)
    Membership.objects.filter(pk=member.pk).update(rights=["view"])
    assert ask("SELECT pgh_label FROM accounts_membershipevent ORDER BY pgh_id") == [("insert",), ("update",)]


def test_nonsense_in_the_setting_ignores_nothing():
    ask("SELECT set_config('pgtrigger.ignore', '', true)")
    MembershipFactory()
    assert ask("SELECT count(*) FROM accounts_membershipevent") == [(1,)]


def test_without_the_guard_that_history_is_lost():
    """The twin: pgtrigger's own function, as its migrations write it, believes every session."""
    member = MembershipFactory()
    with acting_as_owner():
        installation.install("accounts.Membership:update_update")
    be_quiet(*NAMES)
    Membership.objects.filter(pk=member.pk).update(rights=["view"])
    assert ask("SELECT pgh_label FROM accounts_membershipevent") == [("insert",)]
    with acting_as_owner():
        trigger_guard.install("default")
    Membership.objects.filter(pk=member.pk).update(rights=["ship"])
    assert ask("SELECT count(*) FROM accounts_membershipevent") == [(2,)]


RECORDS = [
    "django_admin_log",
    "pghistory_context",
    "payments_payment",
    "payments_providercall",
    "payments_dispute",
    "payments_statement",
    "refunds_refund",
    "refunds_refundline",
]


@pytest.mark.parametrize("table", RECORDS)
def test_app_deletes_no_record(table):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ask(f"DELETE FROM {table}")
