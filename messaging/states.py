"""Who writes to whom about what, and the states of a support case (C2, C5, O22)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.states import OPEN, OrderStatus


class Who(models.TextChoices):
    """On which side of the relay somebody writes."""

    BUYER = "buyer", _("Buyer")
    SELLER = "seller", _("Seller")
    MARKETPLACE = "marketplace", _("Marketplace")


class Way(models.TextChoices):
    """How a message came."""

    PAGE = "page", _("Page")
    MAIL = "mail", _("Mail")


class Reason(models.TextChoices):
    """What a thread is about; an order has one thread for each."""

    FULFILMENT_PROBLEM = "fulfilment_problem", _("Problem with fulfilling the order")
    MISSING_INFORMATION = "missing_information", _("Missing information")
    CUSTOMISATION = "customisation", _("Customisation")
    ORDER_DETAILS = "order_details", _("Order details")
    DELIVERY = "delivery", _("Delivery details")
    PRODUCT = "product", _("Question about the product")
    RETURN_QUESTION = "return_question", _("Return question")
    INVOICE = "invoice", _("Invoice")
    OTHER = "other", _("Other")


R = Reason

BEFORE_SHIPPING: dict[str, list[Reason]] = {
    Who.SELLER: [R.FULFILMENT_PROBLEM, R.MISSING_INFORMATION, R.CUSTOMISATION, R.OTHER],
    Who.BUYER: [R.ORDER_DETAILS, R.CUSTOMISATION, R.PRODUCT, R.INVOICE, R.OTHER],
}
AFTER_SHIPPING: dict[str, list[Reason]] = {
    Who.SELLER: [R.DELIVERY, R.RETURN_QUESTION, R.INVOICE, R.PRODUCT, R.OTHER],
    Who.BUYER: [R.DELIVERY, R.PRODUCT, R.RETURN_QUESTION, R.INVOICE, R.OTHER],
}


def reasons(status: str, who: str) -> list[Reason]:
    """What a new thread can be about while the order stands so; both lists while a part of it has left."""
    before = BEFORE_SHIPPING[who] if status in OPEN else []
    after = AFTER_SHIPPING[who] if status in (OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED) else []
    return list(dict.fromkeys([*(each for each in before if each != R.OTHER), *after, *before]))


class CaseState(models.TextChoices):
    """Where a support case stands (O22)."""

    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


CASE_MOVES: dict[str, set[str]] = {
    CaseState.OPEN: {CaseState.ANSWERED, CaseState.CLOSED},
    CaseState.ANSWERED: {CaseState.OPEN, CaseState.CLOSED},
    CaseState.CLOSED: {CaseState.OPEN},
}


class Why(models.TextChoices):
    """Why a mail was not taken."""

    TOO_LARGE = "too_large", _("Too large")
    UNREADABLE = "unreadable", _("Not readable as a mail")
    UNKNOWN = "unknown", _("No such address")
    EXPIRED = "expired", _("The address has expired")
    AUTOMATIC = "automatic", _("Automatic answer, bounce or mailing list")
    LOOP = "loop", _("Came from here")
    TOO_MANY = "too_many", _("Too many within an hour")
    FORGED = "forged", _("The sender is not the one behind this address")
    EMPTY = "empty", _("Nothing written")
    TEXT = "text", _("Text that is not allowed")
    FILES = "files", _("Attachment that is not allowed")
    ORDER = "order", _("The order's state")


TOLD = (Why.TOO_LARGE, Why.UNREADABLE, Why.EMPTY, Why.TEXT, Why.FILES, Why.ORDER, Why.TOO_MANY, Why.EXPIRED)
"""Refusals that the one who wrote should hear of; the others are machines, or not who they say they are."""
