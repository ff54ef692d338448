"""The pages of notices, as Alice, Bob, Charlie and signed out (N2, N3, N4)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from notifications import addresses, asking, attention, recipients, unsubscribe
from notifications.models import InboxItem, Notice, Recipient
from notifications.states import CHOSEN, Kind, State, Way
from orders.slots import fill
from tests.notifications.steps import sold, write

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = reverse("notifications:settings")


def kinds_of(member, way=Way.MAIL, email=""):
    return Recipient.objects.get(membership=member, way=way, email=email).kinds


def failed(listing):
    """A notice of this seller that the mail server refused."""
    sold(listing)
    write()
    notice = Notice.objects.get(kind=Kind.SOLD, recipient__membership__user__name="Alice")
    Notice.objects.filter(pk=notice.pk).update(state=State.SENDING)
    Notice.objects.filter(pk=notice.pk).update(state=State.FAILED, last_error="550 no such user", faults=1)
    return notice


class TestPreferences:
    def test_n2_each_kind_at_each_place_has_its_switch(self, alice):
        page = alice.get(SETTINGS)
        assert page.content.count(b'name="on-') == len(CHOSEN) * 2
        form = {"place": ["own", "portal"], "on-own": ["late"], "on-portal": ["sold", "late"]}
        assert alice.post(SETTINGS, form).status_code == 302
        assert kinds_of(alice.member) == ["late"]
        assert kinds_of(alice.member, Way.PORTAL) == ["sold", "late"]

    def test_everyone_chooses_for_themselves(self, alice, bob):
        bob.post(SETTINGS, {"place": ["own"]})
        assert kinds_of(bob.member) == []
        assert "sold" in kinds_of(alice.member)

    def test_nobody_is_offered_what_they_may_not_see(self, bob):
        assert [row["kind"] for row in bob.get(SETTINGS).context["rows"]] == [Kind.MESSAGE]

    def test_a_kind_that_does_not_exist_changes_nothing(self, alice):
        answer = alice.post(SETTINGS, {"place": ["own"], "on-own": ["sold", "everything"]})
        assert answer.status_code == 422
        assert not Recipient.objects.exists()

    def test_another_address_is_asked_first(self, alice):
        alice.post(reverse("notifications:add_address"), {"email": "Warehouse@Example.com"})
        added = Recipient.objects.get(email="warehouse@example.com")
        assert added.confirmed_at is None
        assert Notice.objects.get().kind == Kind.CONFIRM_ADDRESS
        link = reverse("notifications:confirm", args=[unsubscribe.confirm_token(added)])
        Client().get(link)
        added.refresh_from_db()
        assert added.confirmed_at is None
        Client(enforce_csrf_checks=True).post(link)
        added.refresh_from_db()
        assert added.confirmed_at is not None

    def test_added_again_it_is_not_mailed_again_at_once_and_there_is_an_end(self, alice):
        for _ in range(3):
            alice.post(reverse("notifications:add_address"), {"email": "warehouse@example.com"})
        assert Notice.objects.count() == 1
        for n in range(addresses.MOST - 1):
            alice.post(reverse("notifications:add_address"), {"email": f"w{n}@example.com"})
        answer = alice.post(reverse("notifications:add_address"), {"email": "one-more@example.com"})
        assert answer.status_code == 409
        own = alice.post(reverse("notifications:add_address"), {"email": "ALICE@example.com"})
        assert own.status_code == 409

    def asked(self, who, email="stranger@example.com"):
        """Ask an address, and take it away at once; what the page answers."""
        answer = who.post(reverse("notifications:add_address"), {"email": email})
        for added in Recipient.objects.filter(membership=who.member, email=email):
            who.post(reverse("notifications:remove_address", args=[added.pk]))
        return answer

    def test_n2_a_stranger_is_asked_three_times_a_day_by_whoever_asks(self, alice, bob, charlie, monkeypatch):
        answers = [self.asked(who).status_code for who in (alice, alice, bob, charlie)]
        assert answers == [302, 302, 302, 409]
        assert "This address was sent enough mails with a link today." in self.asked(alice).content.decode()
        assert Notice.objects.count() == 3
        assert not Notice.objects.filter(key__contains="stranger").exists()
        assert not Recipient.objects.exclude(email="").exists()
        later = clock.now() + asking.A_WHILE
        monkeypatch.setattr(clock, "now", lambda: later)
        assert self.asked(alice).status_code == 302

    def test_n2_a_seller_asks_twenty_addresses_a_day(self, alice, bob, charlie):
        for n in range(asking.MOST_OF_SELLER):
            assert self.asked([alice, bob][n % 2], f"w{n}@example.com").status_code == 302
        answer = self.asked(bob, "w20@example.com")
        assert answer.status_code == 409
        assert "Your team had 20 addresses asked within 24 hours." in answer.content.decode()
        assert Notice.objects.count() == asking.MOST_OF_SELLER
        assert self.asked(charlie, "w20@example.com").status_code == 302

    def test_an_address_is_taken_away_by_its_member_alone(self, alice, bob, charlie):
        alice.post(reverse("notifications:add_address"), {"email": "warehouse@example.com"})
        remove = reverse("notifications:remove_address", args=[Recipient.objects.get(email__gt="").pk])
        assert [who.post(remove).status_code for who in (bob, charlie)] == [404, 404]
        assert Client().post(remove)["Location"].startswith("/accounts/login/")
        assert alice.post(remove).status_code == 302
        assert alice.post(remove).status_code == 404
        own = Recipient.objects.get(membership=alice.member, way=Way.MAIL)
        assert alice.post(reverse("notifications:remove_address", args=[own.pk])).status_code == 404

    def test_quiet_hours_and_digest(self, alice):
        times = reverse("notifications:times", args=["own"])
        fields = {"own-time_zone": "Asia/Tokyo", "own-quiet_from": "22:00", "own-quiet_until": "07:00"}
        assert alice.post(times, fields | {"own-digest_at": "08:00"}).status_code == 302
        own = Recipient.objects.get(way=Way.MAIL)
        assert (own.time_zone, own.quiet_from.hour, own.quiet_until.hour, own.digest_at.hour) == (
            "Asia/Tokyo",
            22,
            7,
            8,
        )
        for bad in ({"own-quiet_until": ""}, {"own-quiet_until": "22:00"}, {"own-time_zone": "Moon/Base"}):
            assert alice.post(times, fields | bad).status_code == 422
        portal = reverse("notifications:times", args=["portal"])
        asked = {name.replace("own", "portal"): value for name, value in fields.items()}
        assert alice.post(portal, asked).status_code == 404


class TestUnsubscribing:
    def test_one_click_in_the_mail_program_stops_the_kind(self, alice, listing):
        sold(listing)
        write()
        own = Recipient.objects.get(way=Way.MAIL)
        link = unsubscribe.url(own, Kind.SOLD).removeprefix("http://testserver")
        assert Client().get(link).status_code == 200
        assert Kind.SOLD in kinds_of(alice.member)
        body = "List-Unsubscribe=One-Click"
        kind = "application/x-www-form-urlencoded"
        answer = Client(enforce_csrf_checks=True).post(link, body, content_type=kind)
        assert answer.status_code == 200
        assert Kind.SOLD not in kinds_of(alice.member)
        assert Kind.LATE in kinds_of(alice.member)
        Client().post(link, {"all": "1"})
        assert kinds_of(alice.member) == []

    def test_a_link_that_was_changed_opens_nothing(self, alice, listing):
        sold(listing)
        write()
        own = Recipient.objects.get(way=Way.MAIL)
        token = unsubscribe.url(own, Kind.SOLD).split("/")[-2]
        for changed in (token[:-1], token.replace("sold", "late"), f"9{token}", "x"):
            assert Client().post(reverse("notifications:unsubscribe", args=[changed])).status_code == 404
            assert Client().post(reverse("notifications:confirm", args=[changed])).status_code == 404
        assert Kind.SOLD in kinds_of(alice.member)


class TestInbox:
    def test_what_happened_stands_there_until_it_is_read(self, alice, listing):
        order = sold(listing)
        write()
        page = alice.get(reverse("notifications:inbox")).content.decode()
        assert f"Sold, ship now: {order.number}" in page
        assert '<span class="bell-count" aria-hidden="true">1</span>' in page
        item = InboxItem.objects.get()
        alice.post(reverse("notifications:read"), {"item": item.pk})
        item.refresh_from_db()
        assert item.read_at is not None
        assert "bell-count" not in alice.get(reverse("home")).content.decode()

    def test_all_at_once_and_nobody_elses(self, alice, charlie, listing):
        for _ in range(3):
            sold(listing)
        write()
        charlie.post(reverse("notifications:read"))
        charlie.post(reverse("notifications:read"), {"item": InboxItem.objects.first().pk})
        assert InboxItem.objects.filter(read_at=None).count() == 3
        alice.post(reverse("notifications:read"), {"item": "x"})
        assert InboxItem.objects.filter(read_at=None).count() == 3
        alice.post(reverse("notifications:read"))
        assert not InboxItem.objects.filter(read_at=None).exists()

    def test_a_right_that_was_taken_away_hides_it(self, alice, listing):
        sold(listing)
        write()
        member = alice.member
        member.rights = ["message"]
        member.save(update_fields=["rights"])
        assert alice.get(reverse("notifications:inbox")).context["rows"] == []

    @pytest.mark.parametrize("page", ["inbox", "mails"])
    def test_the_same_queries_for_one_row_and_for_many(
        self, alice, listing, page, django_assert_max_num_queries
    ):
        counts = []
        alice.get(reverse("home"))  # the first page of all asks for its connection's sake too
        for rows in (1, 6):
            for _ in range(rows):
                sold(listing)
            write()
            with django_assert_max_num_queries(40) as asked:
                alice.get(reverse(f"notifications:{page}"))
            counts.append(len(asked))
        assert counts[0] == counts[1]

    @pytest.mark.parametrize(
        "query", ["before=x", "after=99999999999999999.1", "before=1.1&after=2.2", "end=1"]
    )
    def test_an_address_that_makes_no_sense_shows_a_page(self, alice, query):
        for page in ("inbox", "mails"):
            assert alice.get(f"{reverse(f'notifications:{page}')}?{query}").status_code == 200


class TestMails:
    def test_n4_a_failed_one_says_why_and_is_sent_again(self, alice, bob, charlie, listing):
        notice = failed(listing)
        page = alice.get(reverse("notifications:mails")).content.decode()
        assert "550 no such user" in page
        resend = reverse("notifications:resend", args=[notice.pk])
        assert [who.post(resend).status_code for who in (bob, charlie)] == [403, 404]
        assert Client().post(resend)["Location"].startswith("/accounts/login/")
        notice.refresh_from_db()
        assert notice.state == State.FAILED
        assert alice.post(resend).status_code == 302
        notice.refresh_from_db()
        assert (notice.state, notice.faults) == (State.QUEUED, 0)

    def test_n4_the_mailboxes_of_a_colleague_are_theirs(self, alice, carol, seller):
        added = addresses.add(alice.member, "alice.private@example.net", clock.now())
        tried = addresses.test(alice.member, clock.now())
        told = {"seller": seller, "created_at": clock.now(), "next_try_at": clock.now(), "recipient": added}
        Notice.objects.create(key="sold", kind=Kind.SOLD, **told)
        gone = Notice.objects.create(key="gone", kind=Kind.TEST, **told | {"recipient": None})
        Notice.objects.update(state=State.SENDING)
        Notice.objects.update(state=State.FAILED, last_error="550 no such user")

        def shown(who):
            rows = who.get(reverse("notifications:mails")).context["rows"]
            return [(row["kind"], row["recipient"]) for row in rows]

        private = "alice.private@example.net"
        assert set(shown(alice)) == {
            ("Test mail", "alice@example.com"),
            ("Confirm this address", private),
            ("Sold, ship now", private),
        }
        assert shown(carol) == [("Sold, ship now", "Alice")]
        assert (attention.failed(alice.member), attention.failed(carol.member)) == (3, 1)
        for notice in (tried, gone):
            assert carol.post(reverse("notifications:resend", args=[notice.pk])).status_code == 404
        assert alice.post(reverse("notifications:resend", args=[tried.pk])).status_code == 302

    def test_h1_the_home_page_warns_of_what_did_not_arrive(self, alice, bob, listing, seller):
        assert attention.home_warning(seller, alice.member, clock.now()) is None
        failed(listing)
        assert "1 mail did not arrive" in alice.get(reverse("home")).content.decode()
        assert "did not arrive" not in bob.get(reverse("home")).content.decode()
        assert len(fill("home", seller, alice.member, clock.now())) == 1


class TestWhyDoIGetNoMails:
    def answers(self, client):
        return [
            (check.title, check.tone) for check in client.get(reverse("notifications:why")).context["checks"]
        ]

    def test_n3_the_questions_come_in_order(self, alice):
        assert [title for title, _tone in self.answers(alice)] == [
            "Are they switched on?",
            "Were there new orders since the last one?",
            "Did the last ones arrive?",
            "Does mail leave the portal?",
        ]

    def test_n3_each_finds_what_is_wrong(self, alice, listing):
        failed(listing)
        Recipient.objects.filter(way=Way.MAIL).update(kinds=[])
        Recipient.objects.create(membership=alice.member, email="new@example.com", kinds=[])
        sold(listing)
        answers = dict(self.answers(alice))
        assert answers == {
            "Are they switched on?": "bad",
            "Are the addresses confirmed?": "warn",
            "Were there new orders since the last one?": "info",
            "Did the last ones arrive?": "bad",
            "Does mail leave the portal?": "good",
        }
        Notice.objects.create(
            key="stuck",
            kind=Kind.TEST,
            seller=listing.seller,
            created_at=clock.now(),
            next_try_at=clock.now() - timedelta(hours=1),
            last_error="ConnectionRefusedError",
        )
        assert dict(self.answers(alice))["Does mail leave the portal?"] == "bad"

    def test_a_portal_without_a_mail_server_says_so(self, alice, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = "/var/mail/portal"
        page = alice.get(reverse("notifications:why")).content.decode()
        assert "mails are written to /var/mail/portal instead of being sent" in page

    def test_n3_a_test_mail_shows_its_fate_to_its_member_alone(self, alice, bob):
        answer = alice.post(reverse("notifications:test"))
        again = alice.post(reverse("notifications:test"))
        assert answer["Location"] == again["Location"]
        assert "It is about to leave." in alice.get(answer["Location"]).content.decode()
        assert "It is about to leave." not in bob.get(answer["Location"]).content.decode()

    def test_n3_an_address_that_nobody_confirmed_gets_no_test_mail(self, alice):
        alice.post(reverse("notifications:add_address"), {"email": "stranger@example.com"})
        stranger = Recipient.objects.get(email="stranger@example.com")
        page = reverse("notifications:why")
        assert [each.address for each in alice.get(page).context["mailboxes"]] == ["alice@example.com"]
        alice.post(reverse("notifications:test"), {"to": stranger.pk})
        assert Notice.objects.get(kind=Kind.TEST).recipient.is_own
        addresses.confirm(stranger, clock.now())
        assert len(alice.get(page).context["mailboxes"]) == 2
        alice.post(reverse("notifications:test"), {"to": stranger.pk})
        assert Notice.objects.filter(kind=Kind.TEST, recipient=stranger).count() == 1

    def test_the_defaults_are_shown_without_writing_them(self, alice):
        alice.get(SETTINGS)
        alice.get(reverse("notifications:why"))
        assert not Recipient.objects.exists()
        assert len(recipients.of_member(alice.member, clock.now())) == 2
