"""Threads between buyer and seller, their messages and files, saved texts, support cases, refused mails."""

from messaging.models.buyer import ThreadBuyer
from messaging.models.case import CaseMessage, SupportCase
from messaging.models.message import Attachment, Message
from messaging.models.refused import RefusedMail
from messaging.models.template import Template
from messaging.models.thread import Thread
from messaging.models.wait import Wait

__all__ = [
    "Attachment",
    "CaseMessage",
    "Message",
    "RefusedMail",
    "SupportCase",
    "Template",
    "Thread",
    "ThreadBuyer",
    "Wait",
]
