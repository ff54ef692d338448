"""What a row says: who, what, when, from where; of sign-ins and of permissions too (D2)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access_log import sweeps
from access_log.models import Access, Action, UnusualAccess
from accounts.models import Membership, Right
from notifications.unusual_access import home_warning
from tests.access import World
from tests.factories import NOON, MembershipFactory, SellerFactory, UserFactory
from tests.owner import acting_as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def world():
    return World()


def client_of(user):
    client = Client(REMOTE_ADDR="203.0.113.9", raise_request_exception=False)
    client.force_login(user)
    return client


def last(*fields):
    return Access.objects.values_list(*fields).first()


class TestPages:
    def test_order_page(self, world):
        client_of(world.owner).get(world.address("orders:detail"))
        row = Access.objects.select_related("user", "seller").first()
        assert (row.user, row.seller, row.order_number) == (world.owner, world.seller, world.order.number)
        told = (row.action, row.via, row.page, row.orders, row.record, row.address)
        assert told == ("view", "seller", "orders:detail", 1, "", "203.0.113.9")

    def test_list_says_how_many_orders_it_showed(self, world):
        client_of(world.owner).get("/orders/?tab=unshipped")
        assert last("action", "orders", "order_number") == ("list", 2, "")

    def test_search_that_matched_a_name_is_one_and_keeps_no_words(self, world):
        client = client_of(world.owner)
        client.get("/orders/?q=Zelda&tab=unshipped")
        row = Access.objects.values().first()
        assert (row["action"], row["orders"]) == ("search", 2)
        assert not any("Zelda" in str(value) for value in row.values())
        client.get(f"/orders/?q={world.order.number}")
        assert last("action", "orders") == ("list", 1)

    @pytest.mark.parametrize(
        ("name", "number"),
        [
            ("orders:packing_slip", "order"),
            ("messaging:file", "order"),
            ("refunds:return_slip", "sold"),
            ("buyer:order", "order"),
            ("refunds:buyer_slip", "sold"),
        ],
    )
    def test_row_names_the_order_of_a_document(self, world, name, number):
        client_of(world.owner).get(world.address(name))
        found = getattr(world, number)
        assert last("page", "order_number") == (name, getattr(found, "order", found).number)

    def test_buyers_link_says_that_it_was_one(self, world):
        Client(REMOTE_ADDR="203.0.113.9").get(world.address("buyer:order"))
        assert last("via", "user", "seller", "address") == ("buyer", None, None, "203.0.113.9")

    def test_report_says_how_many_rows_left(self, world):
        client_of(world.owner).get(world.address("reports:download"))
        action, orders, key = last("action", "orders", "record")
        assert (action, orders > 0, key) == ("download", True, str(world.report_args["reports:download"][0]))

    def test_staffs_page_of_an_order(self, world):
        staff = UserFactory(is_staff=True, is_superuser=True)
        client = client_of(staff)
        client.get(f"/admin/orders/order/{world.order.pk}/change/")
        assert last("via", "user", "order_number", "record") == (
            *("marketplace", staff.pk, world.order.number, str(world.order.pk)),
        )
        client.get(f"/admin/orders/order/?q={world.order.number}")
        assert last("action", "orders") == ("search", 1)


class TestSignIns:
    def post(self, email, password):
        return Client(REMOTE_ADDR="203.0.113.9").post(
            reverse("account_login"), {"login": email, "password": password}
        )

    def test_wrong_password_is_of_whose_account_it_is(self):
        user = UserFactory(email="ann@example.com", password="a long enough one")
        self.post("ANN@example.com", "wrong")
        assert last("action", "user", "address", "page") == (
            "failed",
            user.pk,
            "203.0.113.9",
            "account_login",
        )
        self.post("nobody@example.com", "wrong")
        row = Access.objects.values().first()
        assert (row["action"], row["user_id"]) == ("failed", None)
        assert not any("nobody" in str(value) for value in row.values())

    def test_sign_in(self):
        user = UserFactory(email="ann@example.com")
        user.set_password("a long enough one")
        user.save()
        assert self.post("ann@example.com", "a long enough one").status_code == 302
        assert last("action", "user", "address") == ("sign_in", user.pk, "203.0.113.9")

    def test_nul_and_length_are_no_account(self):
        for odd in ("\0", "a" * 5000, ""):
            self.post(odd, "wrong")
            assert last("action", "user") == ("failed", None)


def test_change_of_permissions(world):
    client = client_of(world.owner)
    address = reverse("accounts:member", args=[world.tom.pk])
    client.post(address, {f"member-{world.tom.pk}-rights": ["view", "ship"]})
    if last("action") != ("permissions",):
        # A sign-in a while ago isn't enough for it.
        assert Membership.objects.get(pk=world.tom.pk).rights == ["view"]
        return
    assert last("action", "user", "record") == ("permissions", world.owner.pk, str(world.tom.pk))


def opened(member, count, at=NOON, first=0):
    Access.objects.bulk_create(
        Access(
            at=at,
            action=Action.VIEW,
            via="seller",
            user=member.user,
            seller=member.seller,
            order_number=f"701-0000000-{number:07}",
            page="orders:detail",
        )
        for number in range(first, first + count)
    )


class TestUnusualVolume:
    def test_200_orders_within_10_minutes_are_found_once_a_day(self):
        member, other = MembershipFactory(), MembershipFactory()
        opened(member, 100, NOON - sweeps.WITHIN)
        opened(member, 100, NOON, first=100)
        opened(other, 199)
        opened(other, 100)
        assert sweeps.find_unusual(NOON) == 1
        assert sweeps.find_unusual(NOON) == 0
        found = UnusualAccess.objects.get()
        assert (found.user, found.seller, found.orders, found.day) == (
            *(member.user, member.seller, 200, NOON.date()),
        )

    def test_older_ones_do_not_count(self):
        member = MembershipFactory()
        opened(member, 100, NOON - sweeps.WITHIN - sweeps.EVERY)
        opened(member, 100, NOON, first=100)
        assert sweeps.find_unusual(NOON) == 0

    def test_owners_are_warned_and_nobody_else(self):
        owner = MembershipFactory(rights=list(Right.values))
        member = MembershipFactory(seller=owner.seller, rights=["view", "settings"])
        assert home_warning(owner.seller, owner, NOON) is None
        opened(member, 200)
        sweeps.find_unusual(NOON)
        filling = home_warning(owner.seller, owner, NOON)
        assert filling.context["title"] == "1 person opened unusually many orders"
        assert home_warning(owner.seller, member, NOON) is None
        shown = client_of(owner.user).get(filling.context["url"]).content.decode()
        assert (member.user.email in shown, "200" in shown) == (True, True)
        stranger = MembershipFactory(rights=list(Right.values), seller=SellerFactory())
        assert member.user.email not in client_of(stranger.user).get(filling.context["url"]).content.decode()


class TestStaffsList:
    def ask(self, query):
        client = client_of(UserFactory(is_staff=True, is_superuser=True))
        return client.get(f"/admin/access_log/access/?{query}")

    @pytest.mark.parametrize("word", ["ann@example.com", "north", "701-0000000-0000001", "203.0.113.77"])
    def test_each_word_is_looked_up_by_its_form(self, word):
        member = MembershipFactory(user__email="ann@example.com", seller__slug="north")
        opened(member, 2)
        Access.objects.create(
            at=NOON, action="view", via="buyer", page="buyer:order", address="203.0.113.77", order_number="7"
        )
        found = self.ask(f"q={word}").context["cl"].queryset
        wanted = {"701-0000000-0000001": 1, "203.0.113.77": 1}.get(word, 2)
        assert found.count() == wanted

    @pytest.mark.parametrize(
        "odd", ["1.2.3.999", "::::", "%00", "%F0%9F%98%80", "a" * 500, "@", "q q q q q q"]
    )
    def test_odd_words_find_nothing(self, odd):
        assert self.ask(f"q={odd}").status_code in (200, 400)

    def test_file_holds_what_the_filters_find_and_is_logged(self):
        member = MembershipFactory(user__name="=cmd", seller__slug="north")
        opened(member, 3)
        response = self.ask("q=north&action__exact=view&as=csv")
        lines = b"".join(response.streaming_content).decode().splitlines()
        assert len(lines) == 4 and lines[0].startswith("at,action,via,user")
        assert "'=cmd" in lines[1]
        assert last("action", "page") == ("download", "admin:access_log_access_changelist")

    def test_same_queries_for_one_row_and_for_thirty(self):
        opened(MembershipFactory(), 1)
        client = client_of(UserFactory(is_staff=True, is_superuser=True))
        client.get("/admin/access_log/access/")
        counts = []
        for _round in range(2):
            with CaptureQueriesContext(connection) as asked:
                client.get("/admin/access_log/access/")
            counts.append(len(asked))
            for _member in range(10):
                opened(MembershipFactory(), 3)
        assert counts[0] == counts[1]


class TestPartitions:
    def names(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relname LIKE 'access_log_access_2%%' AND relkind = 'r'"
            )
            return sorted(name for (name,) in cursor.fetchall())

    def run(self, *statements):
        with acting_as_owner(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def test_months_ahead_are_there_and_nothing_more_is_to_do(self):
        assert len(self.names()) == 4
        assert sweeps.keep_partitions() == 0

    def test_partition_that_ended_12_months_ago_is_dropped_by_the_apps_role(self):
        self.run(
            "CREATE TABLE access_log_access_2020_01 PARTITION OF access_log_access"
            " FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-02-01 00:00+00')"
        )
        assert "access_log_access_2020_01" in self.names()
        assert sweeps.keep_partitions() == 1
        assert "access_log_access_2020_01" not in self.names()

    def test_row_without_a_partition_is_kept_and_moves_to_the_one_made_later(self):
        ahead = self.names()[-1]
        year, month = map(int, ahead.split("_")[-2:])
        opened(MembershipFactory(), 1)
        self.run(f"DROP TABLE {ahead}")
        Access.objects.create(
            at=f"{year}-{month:02}-15T00:00:00Z", action="view", via="buyer", page="late", order_number=""
        )
        assert sweeps.keep_partitions() == 1
        assert Access.objects.filter(page="late").count() == 1
        with acting_as_owner(), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {ahead}")
            assert cursor.fetchone() == (1,)


def test_orders_of_a_day_are_found_by_index():
    """The plans of the sweep and of the staff's filters read no whole partition."""
    for table in (
        Access.objects.filter(order_number="701-0000000-0000001"),
        Access.objects.filter(user=1),
        Access.objects.filter(seller=1),
        Access.objects.filter(at__gt=NOON),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "Seq Scan" not in table.order_by("-at", "-pk")[:50].explain()
