"""Messages and support cases for the marketplace's staff: they read all, and answer cases (O22)."""

import uuid

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.staff_pages import Part, StaffPage, person
from messaging import cases
from messaging.models import Attachment, CaseMessage, Message, RefusedMail, SupportCase, Thread
from messaging.models.message import LONGEST
from orders.refusals import Refused

MOST_AT_ONCE = 100


class MessagePart(Part):
    model = Message
    fields = readonly_fields = ("at", "who", "by", "source", "text")


class CasePart(Part):
    model = CaseMessage
    fields = readonly_fields = ("at", "who", "by", "text")


class AnswerForm(forms.Form):
    """What the marketplace writes."""

    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=LONGEST, widget=forms.Textarea)
    key = forms.UUIDField(widget=forms.HiddenInput)


@admin.register(Thread)
class ThreadAdmin(StaffPage):
    """Every thread with its messages."""

    list_display = ("order", "seller", "reason", "opened_by", "last_message_at", "reply_due_at", "unread")
    list_select_related = ("order", "seller")
    list_filter = ("reason", "opened_by")
    search_fields = ("order__number__startswith",)
    search_help_text = gettext_lazy("The order number, or how it begins.")
    exclude = ("buyer_alias", "seller_alias")
    inlines = (MessagePart,)


@admin.register(Attachment)
class AttachmentAdmin(StaffPage):
    """Every file by its name and type."""

    list_display = ("name", "content_type", "size", "message")
    list_select_related = ("message",)
    exclude = ("file",)


@admin.register(RefusedMail)
class RefusedMailAdmin(StaffPage):
    """Who tried to write what kind of mail; never what it said."""

    list_display = ("at", "why", "mail_from", "header_from", "rcpt_to", "size")
    list_filter = ("why",)
    search_fields = ("mail_from", "header_from", "thread__order__number__startswith")


@admin.register(SupportCase)
class SupportCaseAdmin(StaffPage):
    """Every support case; the open ones are a filter away."""

    list_display = ("pk", "order_number", "seller", "state", "opened_at", "last_message_at")
    list_select_related = ("seller",)
    list_filter = ("state",)
    search_fields = ("order_number__startswith",)
    search_help_text = gettext_lazy("The order number, or how it begins.")
    exclude = ("key",)
    inlines = (CasePart,)
    actions = ("answer", "close")

    @admin.action(description=gettext_lazy("Answer…"), permissions=["act"])
    def answer(self, request: HttpRequest, chosen: QuerySet[SupportCase]) -> HttpResponse | None:
        """Ask for the words, then write them into each of the cases."""
        form = AnswerForm(request.POST if "answer" in request.POST else None, initial={"key": uuid.uuid4()})
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "title": _("Answer support cases")}
            context |= {"cases": chosen[:MOST_AT_ONCE], "form": form, "opts": self.opts}
            return TemplateResponse(request, "admin/answer_cases.html", context)
        text, key = form.cleaned_data["answer"], form.cleaned_data["key"]
        actor = Actor.staff(person(request))
        for case in chosen.order_by("pk")[:MOST_AT_ONCE]:
            try:
                cases.write(case, text, key=uuid.uuid5(key, str(case.pk)), actor=actor, now=clock.now())
                self.message_user(request, _("Answered: %(number)s.") % {"number": case.order_number})
            except Refused as refusal:
                self.message_user(request, f"{case.order_number}: {refusal}", messages.ERROR)
        return None

    @admin.action(description=gettext_lazy("Close"), permissions=["act"])
    def close(self, request: HttpRequest, chosen: QuerySet[SupportCase]) -> None:
        """Nothing more is to be done for these."""
        for case in chosen.order_by("pk")[:MOST_AT_ONCE]:
            cases.close(case, now=clock.now())
            self.message_user(request, _("Closed: %(number)s.") % {"number": case.order_number})
