"""A message of a thread, and the files that came with it."""

import secrets
import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from messaging.models.thread import Thread
from messaging.states import Way, Who

LONGEST = 2000


def new_message_id() -> str:
    """The Message-ID under which a message leaves by mail."""
    return f"<{uuid.uuid4()}@{settings.RELAY_DOMAIN}>"


class Message(models.Model):
    """What one side wrote: plain text, never changed but by the sweep that forgets.

    `key` comes from the form, or is made of the mail's Message-ID, so that the same one twice is one message.
    `message_id` is what our own mail of it carries; `came_as` is what the mail carried that brought it here,
    which only its writer ever sees again, in the references of answers.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, related_name="messages", verbose_name=_("thread"), db_index=False
    )
    who = models.CharField(_("who"), max_length=11, choices=Who.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
        db_index=False,
    )
    source = models.CharField(_("how it came"), max_length=4, choices=Way.choices)
    text = models.CharField(_("text"), max_length=LONGEST)
    at = models.DateTimeField(_("when"))
    key = models.UUIDField(_("key of the form or mail it came from"), unique=True)
    fingerprint = models.CharField(_("fingerprint of what was written"), max_length=64)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True, default=new_message_id)
    came_as = models.CharField(_("Message-ID it came with"), max_length=250, blank=True)
    in_reply_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("in reply to")
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(who__in=Who.values), name="message_who_known"),
        ]
        indexes = [
            models.Index(fields=["thread", "id"], name="message_of_thread"),
            models.Index(fields=["seller", "-id"], name="message_of_seller"),
            GinIndex(OpClass(Upper("text"), name="gin_trgm_ops"), name="message_text"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="facts", fields=["seller", "thread", "who", "by", "source", "at", "key", "message_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.who} {self.at:%Y-%m-%d %H:%M}"


def random_name(_attachment: Any, _name: str) -> str:
    """Where a file is kept: a name that says nothing and that nobody guesses."""
    name = secrets.token_hex(20)
    return f"messages/{name[:2]}/{name[2:]}"


class Attachment(models.Model):
    """A file of a message: its type was judged by its bytes, and pictures were drawn anew."""

    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("message")
    )
    file = models.FileField(_("file"), upload_to=random_name, max_length=100)
    name = models.CharField(_("name"), max_length=100)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size, bytes"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
