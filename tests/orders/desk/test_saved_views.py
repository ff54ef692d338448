"""Saved views: saved from the list, beside the tabs with exact counts, changed, shared, and the start page (O19)."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from orders.lists import saved_views, view_changes
from orders.models import DeskPreference, SavedView
from tests.factories import MINUTE, NOON, ListingFactory
from tests.helpers import authorised, ship
from tests.orders.desk.steps import of_alice, own, saved, shared, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


def beside(response):
    """The views beside the tabs with their counts, the open one marked."""
    nav = re.search('<nav class="tabs tabs-views".*?</nav>', response.content.decode(), re.S)
    found = re.findall(
        r'<a class="tab" href="[^"]+"( aria-current="page")?>.*?<span class="clip">(.*?)</span> '
        r'<span class="count">(.*?)</span>',
        nav[0] if nav else "",
        re.S,
    )
    return [unescape(f"{name} {count}{'*' if current else ''}") for current, name, count in found]


def save(client, query, name="Mine", **more):
    return client.post("/orders/views/new/", {"name": name, "query": query, **more})


class TestSaving:
    def test_what_is_on_the_screen_is_saved_under_a_name_and_opened(self, alice, seller, listing):
        authorised((listing, 1), service="Overnight")
        authorised((listing, 1))
        answer = save(alice, "tab=unshipped&service=Overnight", "  By   plane ")
        view = SavedView.objects.get()
        assert (view.name, view.query, view.owner) == (
            "By plane",
            "tab=unshipped&service=Overnight",
            of_alice(seller),
        )
        assert answer.url == f"/orders/?tab=unshipped&service=Overnight&view={view.pk}"
        page = alice.get(answer.url)
        assert beside(page) == ["By plane 1*"]
        assert "view-changed" not in text(page)

    def test_the_last_days_move_on_with_the_calendar(self, alice, at, listing):
        authorised((listing, 1))
        save(alice, "tab=unshipped&from=2026-11-14", "Week")
        view = SavedView.objects.get()
        assert (view.query, view.days) == ("tab=unshipped", 7)
        assert f"/orders/?tab=unshipped&from=2026-11-14&view={view.pk}" in alice.get(
            "/orders/"
        ).content.decode().replace("&amp;", "&")
        at(NOON + timedelta(days=3))
        page = alice.get("/orders/")
        assert f"from=2026-11-17&amp;view={view.pk}" in page.content.decode()
        assert beside(page) == ["Week 1"]
        at(NOON + timedelta(days=10))
        assert beside(alice.get("/orders/")) == ["Week 0"]

    def test_columns_stay_with_the_view_where_that_is_wanted(self, alice, seller, listing):
        authorised((listing, 1))
        DeskPreference.objects.create(membership=of_alice(seller), columns=["order", "sku"])
        url = save(alice, "tab=unshipped", with_columns="1").url
        other = save(alice, "tab=unshipped", "Plain").url
        DeskPreference.objects.update(columns=["order", "asin"])
        assert '<th scope="col">SKU' in text(alice.get(url))
        assert '<th scope="col">ASIN' in text(alice.get(other))

    def test_a_name_stands_once_for_a_member_and_once_for_the_team(self, alice, bob, seller):
        saved(of_alice(seller), "Late")
        shared(seller, "Late")
        for taken, more in (("LATE", {}), ("late", {"is_shared": "1"})):
            answer = save(alice, "tab=unshipped", taken, **more)
            assert (answer.status_code, SavedView.objects.count()) == (422, 2)
            assert "There is a view of the name" in text(answer, 422)
        assert save(bob, "tab=unshipped", "Late").status_code == 302

    def test_there_are_at_most_thirty(self, alice, seller):
        member = of_alice(seller)
        for n in range(saved_views.MOST):
            saved(member, f"View {n}")
        answer = save(alice, "tab=unshipped", "One more")
        assert "There are 30 saved views" in text(answer, 422)
        assert SavedView.objects.count() == 30

    @pytest.mark.parametrize("name", ["", "  ", "\u202e\u2066", "x" * 41, "x" * 10_000, "a\0b"])
    def test_what_is_no_name_is_refused(self, alice, name):
        assert (save(alice, "tab=unshipped", name).status_code, SavedView.objects.count()) == (422, 0)

    def test_markup_in_a_name_is_text(self, alice):
        page = alice.get(save(alice, "tab=unshipped", "<script>alert(1)</script>{x}").url)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{x}" in text(page)
        assert "<script>alert" not in text(page) + text(alice.get("/orders/views/"))

    @pytest.mark.parametrize(
        ("query", "kept"),
        [
            ("x" * 6001, None),
            (
                "tab=nonsense&attention=late&ship=never&view=7&before=1.2&seller=3",
                "tab=unshipped&attention=late",
            ),
            ("%00=%00&q=%00", "tab=unshipped"),
            ("", "tab=unshipped"),
        ],
    )
    def test_only_what_makes_sense_is_kept(self, alice, query, kept):
        save(alice, query)
        assert list(SavedView.objects.values_list("query", flat=True)) == ([kept] if kept else [])


class TestBesideTheTabs:
    def test_own_ones_come_first_then_the_teams_in_their_order(self, alice, bob, seller, listing):
        late = authorised((listing, 1), now=NOON - timedelta(days=5))
        authorised((listing, 1), service="Overnight")
        ship(authorised((listing, 1)))
        member = of_alice(seller)
        shared(seller, "Team's", "tab=shipped")
        saved(member, "Second", "tab=unshipped&attention=late", place=2)
        saved(member, "First", "tab=unshipped", place=1)
        assert late.status == "unshipped"
        assert beside(alice.get("/orders/")) == ["First 2", "Second 1", "Team's 1"]
        assert beside(bob.get("/orders/")) == ["Team's 1"]

    def test_the_counts_are_those_of_the_lists(self, alice, seller, listing):
        for n in range(3):
            authorised((listing, 1), service="Overnight", now=NOON - n * MINUTE)
        ship(authorised((listing, 2)))
        queries = [
            "tab=unshipped&service=Overnight",
            "tab=shipped",
            "tab=unshipped&from=2026-11-19",
            "tab=canceled",
        ]
        for place, query in enumerate(queries):
            saved(of_alice(seller), f"View {place}", query, place=place)
        assert beside(alice.get("/orders/")) == ["View 0 3", "View 1 1", "View 2 3", "View 3 0"]

    def test_eight_stand_there_and_the_open_one_the_others_in_the_menu(self, alice, seller):
        views = [saved(of_alice(seller), f"View {n}", place=n) for n in range(12)]
        page = alice.get("/orders/")
        assert beside(page) == [f"View {n} 0" for n in range(8)]
        assert "View 11" in page.content.decode()
        opened = alice.get(f"/orders/?tab=unshipped&view={views[11].pk}")
        assert beside(opened)[-1] == "View 11 0*"
        assert len(beside(opened)) == 8

    def test_a_change_of_the_filters_shows_and_can_be_saved_or_taken_back(self, alice, seller):
        view = saved(of_alice(seller), "Mine", "tab=unshipped&service=Overnight")
        page = alice.get(f"/orders/?tab=unshipped&service=Standard&view={view.pk}")
        assert "changed" in text(page)
        assert f"/orders/views/{view.pk}/update/" in text(page)
        assert "Save as…" in text(page)
        assert f'href="/orders/?tab=unshipped&amp;service=Overnight&amp;view={view.pk}"' in text(page)
        data = {"query": "tab=unshipped&service=Standard", "version": view.version}
        answer = alice.post(f"/orders/views/{view.pk}/update/", data)
        assert answer.url == f"/orders/?tab=unshipped&service=Standard&view={view.pk}"
        assert "changed</span>" not in text(alice.get(answer.url))
        assert SavedView.objects.get().query == "tab=unshipped&service=Standard"

    def test_paging_is_no_change_and_links_keep_the_view(self, alice, seller, listing):
        view = saved(of_alice(seller), "Mine")
        authorised((listing, 1))
        assert "view-changed" not in text(alice.get(f"/orders/?tab=unshipped&view={view.pk}&end=1"))
        page = text(alice.get(f"/orders/?tab=unshipped&view={view.pk}"))
        assert f'name="view" value="{view.pk}"' in page
        # The four lists leave it.
        assert '<a class="tab" href="/orders/?tab=shipped" data-tab="shipped">' in page

    def test_one_view_and_eight_views_need_the_same_queries(self, alice, seller, listing):
        authorised((listing, 1))
        used = []
        for n in (1, 8):
            for place in range(len(SavedView.objects.all()), n):
                saved(of_alice(seller), f"View {place}", f"tab=unshipped&service=S{place}")
            alice.get("/orders/")
            with CaptureQueriesContext(connection) as captured:
                alice.get("/orders/")
            used.append(len(captured))
        # The list's ten, one for preferences and views, one for all counts, one for the access log.
        assert used[0] == used[1] <= 13, [query["sql"] for query in captured.captured_queries]


class TestOpening:
    def test_a_view_whose_filters_are_gone_still_opens_and_says_so(self, alice, seller, listing):
        order = authorised((listing, 1))
        query = "tab=unshipped&fulfilment=DRONE&sort=price"
        view = saved(of_alice(seller), "Old", query)
        assert beside(alice.get("/orders/")) == ["Old 1"]
        page = alice.get(f"/orders/?{query}&view={view.pk}")
        assert order.number in text(page)
        assert "There is no such filter; it was left out." in text(page)
        assert "view-changed" not in text(page)

    def test_a_view_that_is_not_there_is_the_plain_list(self, alice, charlie, seller, listing):
        authorised((listing, 1))
        view = saved(of_alice(seller), "Mine")
        for pk in (view.pk + 1, 0, -1, "x", "9" * 30, "\0"):
            page = alice.get("/orders/", {"view": pk})
            assert beside(page) == ["Mine 1"]
        assert beside(charlie.get(f"/orders/?view={view.pk}")) == []

    def test_the_start_page_opens_without_a_question_alone(self, alice, seller, listing):
        view = saved(of_alice(seller), "Mine", "tab=shipped")
        assert alice.post("/orders/views/start/", {"view": view.pk}).status_code == 302
        assert alice.get("/orders/").url == f"/orders/?tab=shipped&view={view.pk}"
        assert alice.get("/orders/?tab=unshipped").status_code == 200
        assert "Opens first" in text(alice.get("/orders/views/"))
        alice.post("/orders/views/start/", {"view": ""})
        assert alice.get("/orders/").status_code == 200
        alice.post("/orders/views/start/", {"view": view.pk})
        alice.post(f"/orders/views/{view.pk}/delete/")
        assert alice.get("/orders/").status_code == 200

    def test_a_start_page_that_is_no_longer_shared_is_the_plain_list(self, alice, bob, seller):
        view = shared(seller, "Ours", "tab=shipped")
        bob.post("/orders/views/start/", {"view": view.pk})
        assert bob.get("/orders/").status_code == 302
        alice.post(f"/orders/views/{view.pk}/share/", {"is_shared": ""})
        assert own(of_alice(seller)) == ["Ours"]
        assert bob.get("/orders/").status_code == 200


class TestAtOnce:
    def test_two_tabs_do_not_overwrite_each_other(self, alice, seller):
        view = saved(of_alice(seller), "Mine")
        first = {"query": "tab=unshipped&service=Standard", "version": "1"}
        second = {"query": "tab=unshipped&service=Overnight", "version": "1"}
        alice.post(f"/orders/views/{view.pk}/update/", first)
        answer = alice.post(f"/orders/views/{view.pk}/update/", second)
        page = alice.get(answer.url)
        assert "nothing was overwritten" in text(page)
        assert 'name="version" value="2"' in text(page)
        assert SavedView.objects.get().query == "tab=unshipped&service=Standard"
        alice.post(f"/orders/views/{view.pk}/update/", second | {"version": "2"})
        assert SavedView.objects.get().query == "tab=unshipped&service=Overnight"

    def test_nor_by_another_name(self, alice, seller):
        view = saved(of_alice(seller), "Mine")
        assert alice.post(f"/orders/views/{view.pk}/", {"name": "One", "version": "1"}).status_code == 302
        answer = alice.post(f"/orders/views/{view.pk}/", {"name": "Two", "version": "1"})
        assert (answer.status_code, SavedView.objects.get().name) == (409, "One")
        assert answer.context["form"].initial == {"name": "Two", "version": 2}
        alice.post(f"/orders/views/{view.pk}/", {"name": "Two", "version": "2"})
        assert SavedView.objects.get().name == "Two"

    def test_columns_of_a_view_are_not_overwritten_either(self, alice, seller):
        view = saved(of_alice(seller), "Mine")
        form = {"order": ["sku"], "shown": ["sku"], "density": "compact", "size": "50", "version": "0"}
        form |= {"back": f"tab=unshipped&view={view.pk}", "only_view": "1", "view_version": "1"}
        assert alice.post("/orders/table/", form).status_code == 302
        view.refresh_from_db()
        assert (view.columns, view.version) == (["order", "sku"], 2)
        later = form | {"shown": ["asin"], "order": ["asin"], "version": "1"}
        assert alice.post("/orders/table/", later).status_code == 409
        view.refresh_from_db()
        assert (view.columns, DeskPreference.objects.get().version) == (["order", "sku"], 1)
        assert alice.post("/orders/table/", later | {"view_version": "2"}).status_code == 302


def test_views_are_put_in_order(alice, seller):
    member = of_alice(seller)
    first, second, third = (saved(member, name, place=place) for place, name in enumerate("abc"))
    alice.post(f"/orders/views/{third.pk}/move/", {"to": "up"})
    assert own(member) == ["a", "c", "b"]
    piece = alice.post(f"/orders/views/{first.pk}/move/", {"to": "down"}, headers={"HX-Request": "true"})
    assert "<html" not in text(piece) and 'id="views"' in text(piece)
    assert own(member) == ["c", "a", "b"]
    for pk, to in ((third.pk, "up"), (second.pk, "down"), (first.pk, "sideways"), (first.pk, "")):
        assert alice.post(f"/orders/views/{pk}/move/", {"to": to}).status_code == 302
    assert own(member) == ["c", "a", "b"]


def test_a_member_who_leaves_takes_their_own_views_along_and_leaves_the_teams(alice, seller):
    member = of_alice(seller)
    saved(member, "Mine")
    view = saved(member, "Ours")
    view_changes.share(view, membership=member, is_shared=True)
    DeskPreference.objects.create(membership=member, start_view=view)
    Membership.objects.get(pk=member.pk).delete()
    assert [each.name for each in SavedView.objects.all()] == ["Ours"]


def test_the_page_of_views_says_what_each_asks_for_with_few_queries(alice, seller, listing):
    used = []
    channel = authorised((ListingFactory(seller=seller), 1)).channel
    query = f"tab=unshipped&from=2026-11-14&q=Ada&channel={channel.slug}&fulfilment=MFN&service=Air"
    query += "&ship=late&printed=no"
    for n in range(3):
        save(alice, query, f"View {n}")
        with CaptureQueriesContext(connection) as captured:
            page = alice.get("/orders/views/")
        used.append(len(captured))
    assert used[0] == used[2]
    words = "Unshipped · Last 7 days · “Ada” · Shipby.com · MFN · Air · Ship by: Late · Not printed"
    assert text(page).count(words) == 3
