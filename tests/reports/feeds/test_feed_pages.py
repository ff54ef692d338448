"""The pages of feeds: upload, dry run, processing, report, what is to be mended; whoever has a right to rows (F5)."""

import gzip
import io
import uuid
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Right
from inventory.models import Listing
from orders.models import Package
from orders.states import OrderStatus
from reports.feeds.files import reading as files
from reports.feeds.files import report
from reports.feeds.models import Feed
from reports.feeds.states import FeedState
from tests.factories import ListingFactory, MembershipFactory
from tests.reports.feeds.feed_steps import UNKNOWN, fed, member_with, parcel, text, tried, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
LIST, UPLOAD = "/feeds/", "/feeds/upload/"
XXE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<AmazonEnvelope><Header><DocumentVersion>1.01</DocumentVersion></Header></AmazonEnvelope>"""
LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><AmazonEnvelope>&b;</AmazonEnvelope>'
)


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def send(client, content, name="feed.txt", **more):
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data)
    return client.post(UPLOAD, {"key": str(uuid.uuid4()), "file": file, **more})


def page(feed, name="feed", *args):
    return reverse(f"feeds:{name}", args=[feed.key, *args])


def body(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "0" * 100_000)
    return out.getvalue()


class TestTheWay:
    def test_upload_dry_run_process_report(self):
        member, (order,) = member_with(2)
        client = signed_in(member)
        sent = send(client, text("ship", parcel(order), parcel(UNKNOWN)))
        feed = Feed.objects.get()
        assert (sent.status_code, sent["Location"]) == (302, page(feed))
        assert "Uploaded" in body(client.get(page(feed)))
        worked(feed)
        shown = body(client.get(page(feed)))
        assert "1 of 2 rows would be done. Nothing is changed yet." in shown
        assert "Process 1 row" in shown
        order.refresh_from_db()
        assert order.status == OrderStatus.UNSHIPPED
        assert client.post(page(feed, "process")).status_code == 302
        assert "Being processed" in body(client.get(page(feed)))
        worked(feed)
        shown = body(client.get(page(feed)))
        assert "1 of 2 rows were done." in shown
        assert "You have no order" in shown
        order.refresh_from_db()
        assert order.status == OrderStatus.SHIPPED
        assert "1 done" in body(client.get(LIST))

    def test_the_report_is_read_back_in_both_formats(self, tmp_path):
        member, (order,) = member_with(2)
        feed = fed(member, "ship", parcel(order), parcel(UNKNOWN), parcel("1", quantity="x"))
        client = signed_in(member)
        for ending in ("txt", "xml"):
            answer = client.get(page(feed, "report", ending))
            path = tmp_path / f"report.{ending}"
            path.write_text(body(answer))
            found = report.read(path)
            assert (found.totals.processed, found.totals.successful) == (3, 1)
            assert [(each.number, each.code) for each in found.entries] == [
                (2, "70701"), (3, "70206"), (3, "70209"), (3, "70305")
            ]  # fmt: skip
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"

    def test_i3_the_refused_rows_come_back_mended_or_equal_and_hold_no_formula(self, tmp_path):
        member = MembershipFactory()
        skus = ["=1+1", "+1", "-1", "@SUM(A1)", "ＳＫＵ", "＝1+1", "plain", "A'B", "'x"]
        feed = fed(member, "stock", *[{"sku": sku, "quantity": 5} for sku in skus])
        answer = signed_in(member).get(page(feed, "mend"))
        content = body(answer)
        cells = [cell for line in content.splitlines() for cell in line.split("\t")]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝", "\t", "\r", "\0"))]
        path = tmp_path / "mended.txt"
        path.write_text(content)
        assert [row["sku"] for row in files.open(path).rows()] == skus
        for sku in skus:
            ListingFactory(seller=member.seller, sku=sku)
        assert fed(member, "stock", *[{"sku": sku, "quantity": 5} for sku in skus]).done_count == len(skus)

    def test_the_same_file_again_leads_to_the_first(self):
        member, (order,) = member_with(1)
        client, content = signed_in(member), text("ship", parcel(order))
        send(client, content, is_at_once="on")
        feed = worked(Feed.objects.get())
        again = send(client, content, name="other name.txt")
        assert (again.status_code, again["Location"], Feed.objects.count()) == (302, page(feed), 1)
        assert "was processed before" in body(client.get(again["Location"]))

    def test_stop_and_try_again(self):
        member, (order, other) = member_with(1, orders=2)
        client = signed_in(member)
        send(client, text("ship", parcel(order)))
        feed = Feed.objects.get()
        client.post(page(feed, "stop"))
        assert "Nothing was changed" in body(client.get(page(feed)))
        over = fed(member, "ship", parcel(other), parcel(UNKNOWN))
        batch = reverse("batches:again", args=[over.batch.key])
        assert client.post(batch)["Location"] == page(over)
        assert "Try them again as they are" in body(client.get(page(over)))
        assert client.post(page(over, "again"))["Location"] == page(over)
        assert "Being processed" in body(client.get(page(over)))
        assert client.post(page(feed, "again"))["Location"] == page(feed)
        assert "nothing to try again" in body(client.get(page(feed)))

    def test_another_file_in_a_form_that_was_sent_before_is_refused_with_a_fresh_key(self):
        member, (order, other) = member_with(1, orders=2)
        client, key = signed_in(member), str(uuid.uuid4())
        send(client, text("ship", parcel(order)), key=key)
        answer = send(client, text("ship", parcel(other)), key=key)
        assert (answer.status_code, Feed.objects.count()) == (422, 1)
        assert "gone stale" in body(answer)
        assert answer.context["form"]["key"].value() != key

    def test_a_click_while_the_file_waits_wins_and_the_row_says_so(self):
        member, (order,) = member_with(1)
        client = signed_in(member)
        feed = tried(member, "cancel", {"order_id": order.number})
        client.post(reverse("orders:cancel", args=[order.number]), {"reason": "pricing_error"})
        order.refresh_from_db()
        assert order.status == OrderStatus.CANCELED
        client.post(page(feed, "process"))
        feed = worked(feed)
        assert (feed.state, feed.refused_count) == (FeedState.DONE, 1)
        assert "This order is canceled." in body(client.get(page(feed)))

    def test_processed_twice_it_is_done_once(self):
        member, (order,) = member_with(1)
        feed, client = tried(member, "ship", parcel(order)), signed_in(member)
        for _ in range(2):
            client.post(page(feed, "process"))
        worked(feed)
        client.post(page(feed, "process"))
        assert Package.objects.count() == 1


class TestTheList:
    def test_each_kind_asks_for_its_right(self):
        member, (order,) = member_with(1)
        colleague = MembershipFactory(seller=member.seller, rights=[Right.REFUND])
        client = signed_in(colleague)
        shown = body(client.get(LIST))
        assert "order-adjustments.txt" in shown
        assert "shipping-confirmation.txt" not in shown
        answer = send(client, text("ship", parcel(order)))
        assert (answer.status_code, Feed.objects.count()) == (422, 0)
        assert "which you do not have" in body(answer)
        feed = tried(member, "ship", parcel(order))
        assert client.post(page(feed, "process")).status_code == 403

    def test_file_and_results_are_for_those_who_may_do_what_the_rows_do(self):
        """Neither the file, nor the processing report, nor the rows' batch is read by another right."""
        member, (order,) = member_with(1)
        feed = tried(member, "ship", parcel(order))
        rights = [Right.VIEW, Right.CANCEL, Right.REFUND, Right.REPORT, Right.SETTINGS]
        colleague = signed_in(MembershipFactory(seller=member.seller, rights=rights))
        addresses = [page(feed), page(feed, "file"), page(feed, "mend"), page(feed, "report", "txt")]
        addresses += [page(feed, "report", "xml"), reverse("batches:batch", args=[feed.trial.key])]
        assert [colleague.get(address).status_code for address in addresses] == [403] * 6
        assert order.number not in body(colleague.get(LIST))
        assert colleague.get(LIST).context["rows"] == []
        packer = signed_in(MembershipFactory(seller=member.seller, rights=[Right.VIEW, Right.SHIP]))
        assert {packer.get(address).status_code for address in addresses} <= {200, 302}

    def test_it_goes_on_over_pages_with_as_many_queries(self, django_assert_max_num_queries, monkeypatch):
        member = MembershipFactory()
        monkeypatch.setattr("reports.feeds.desk.SIZE", 3)
        for n in range(5):
            tried(member, "cancel", {"order_id": f"111-1111111-{n:07}"})
        client = signed_in(member)
        with django_assert_max_num_queries(9):
            first = client.get(LIST)
        below = client.get(first.context["pager"]["next_url"])
        assert (len(first.context["rows"]), len(below.context["rows"])) == (3, 2)
        assert len(client.get(below.context["pager"]["previous_url"]).context["rows"]) == 3
        for odd in ("x", "1.1", "\0", "9" * 30):
            assert client.get(LIST, {"before": odd}).status_code == 200

    def test_blank_files_are_read_back(self, tmp_path):
        client = signed_in(MembershipFactory())
        for name in client.get(LIST).context["templates"]:
            for each in name[1]:
                answer = client.get(reverse("feeds:template", args=[each]))
                assert answer["Content-Disposition"] == f'attachment; filename="{each}"'
        assert client.get("/feeds/templates/../secret").status_code == 404


class TestOthers:
    def test_another_sellers_feed_and_its_files_are_not_there(self):
        member, (order,) = member_with(1)
        feed = fed(member, "ship", parcel(order))
        client = signed_in(MembershipFactory())
        for address in [page(feed), page(feed, "report", "txt"), page(feed, "mend"), page(feed, "file")]:
            assert client.get(address).status_code == 404
        for name in ("process", "stop", "again"):
            assert client.post(page(feed, name)).status_code == 404
        own = signed_in(member).get(page(feed, "file"))
        assert body(own) == text("ship", parcel(order))
        assert own["Content-Type"] == "application/octet-stream"


class TestHostile:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            gzip.compress(b"order-id\t" * 100_000),
            zipped(),
            b"\x89PNG\r\n\x1a\n" + b"\0" * 200,
            b"MZ" + b"\0" * 200,
            b"%PDF-1.7 /JavaScript",
            XXE,
            LAUGHS,
            XXE.decode().encode("utf-16"),
            b"sku\tquantity\nA\0B\t1\n",
            b"\0" * 5000,
            b"sku,quantity\nA,1\n",
            ("\t".join(f"c{n}" for n in range(10_000)) + "\n").encode(),
            b"sku\tquantity\n" + b"x" * 200_000 + b"\n",
            b"sku\tquantity\n",
            b"sku\tquantity\tsku\nA\t1\tB\n",
            "sku\tquantity\nA\t1\n".encode("utf-32"),
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"+/v8-sku\tquantity",
        ],
    )
    def test_i1_i2_is_refused_with_a_sentence_and_not_kept(self, content, tmp_path):
        answer = send(signed_in(MembershipFactory()), content, name="../../etc/passwd\u202egpj.exe")
        assert answer.status_code == 422
        assert answer.context["form"].errors["file"][0]
        assert not Feed.objects.exists()
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_i1_what_is_too_large_is_refused_before_it_is_read(self):
        client = signed_in(MembershipFactory())
        answer = client.post(
            UPLOAD,
            data=b"x" * 10,
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=10 * 1024**3,
        )
        assert answer.status_code == 422
        assert "larger than 50 MB" in body(answer)

    def test_a_form_of_another_site_is_refused(self):
        member = MembershipFactory()
        client = Client(enforce_csrf_checks=True)
        client.force_login(member.user)
        assert send(client, text("cancel", {"order_id": UNKNOWN})).status_code == 403
        assert send(Client(), text("cancel", {"order_id": UNKNOWN}))["Location"].startswith(
            "/accounts/login/"
        )
        reader = MembershipFactory(seller=member.seller, rights=[Right.VIEW])
        assert send(signed_in(reader), text("cancel", {"order_id": UNKNOWN})).status_code == 403
        assert signed_in(member).get(UPLOAD)["Location"] == LIST
        assert not Feed.objects.exists()

    def test_names_and_cells_are_shown_as_text(self):
        member = MembershipFactory()
        client = signed_in(member)
        script = "<script>alert(1)</script>"
        send(
            client, text("stock", {"sku": script, "quantity": 1}), name=f"{script}\u202e.txt", is_at_once="on"
        )
        feed = worked(Feed.objects.get())
        shown = body(client.get(page(feed))) + body(client.get(LIST))
        assert script not in shown
        assert "\u202e" not in shown
        assert not Listing.objects.exists()
