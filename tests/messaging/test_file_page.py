"""Files of messages: sent with the form, downloaded and nothing else, by their own seller (C5)."""

import pytest
from django.test import Client

from messaging.models import Attachment, Message
from tests.messaging.page_steps import form, upload, write_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at", "files")]


class TestFiles:
    def test_they_go_with_the_message_and_come_back_as_downloads(self, alice, order):
        sent = form(attachments=[upload("a.txt"), upload('b"; x=.html', b"more words")])
        assert alice.post(write_to(order), sent).status_code == 302
        first, second = Attachment.objects.all()
        answer = alice.get(f"/messages/files/{first.pk}/")
        assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
            b"plain words",
            "text/plain",
            "nosniff",
        )
        assert answer["Content-Disposition"] == 'attachment; filename="a.txt"'
        other = alice.get(f"/messages/files/{second.pk}/")["Content-Disposition"]
        assert other.startswith("attachment; filename")
        assert other.endswith('.txt"')

    @pytest.mark.parametrize(
        "files",
        [
            [("a.pdf", b"MZ\x90\x00executable\x00")],
            [("empty.txt", b"")],
            [("page.txt", b"<html><script>alert(1)</script>")],
            [(f"{n}.txt", b"words") for n in range(6)],
            [("large.txt", b"x" * (10 * 1024 * 1024 + 1))],
            [("link.txt", b"go to www.example.net")],
        ],
        ids=["executable", "empty", "html", "six", "large", "link"],
    )
    def test_c5_those_that_are_refused_leave_nothing(self, alice, order, files):
        sent = form(attachments=[upload(*each) for each in files])
        answer = alice.post(write_to(order), sent)
        assert (answer.status_code, Message.objects.count(), Attachment.objects.count()) == (422, 0, 0)
        assert answer.context["form"].errors["attachments"]
        assert "It leaves today.</textarea>" in answer.content.decode()

    def test_they_are_their_sellers_alone(self, alice, bob, charlie, order):
        alice.post(write_to(order), form(attachments=[upload()]))
        address = f"/messages/files/{Attachment.objects.get().pk}/"
        codes = [client.get(address).status_code for client in (alice, bob, charlie, Client())]
        assert codes == [200, 200, 404, 302]

    def test_one_that_is_gone_from_the_disk_is_not_found(self, alice, order):
        alice.post(write_to(order), form(attachments=[upload()]))
        found = Attachment.objects.get()
        found.file.storage.delete(found.file.name)
        assert alice.get(f"/messages/files/{found.pk}/").status_code == 404
