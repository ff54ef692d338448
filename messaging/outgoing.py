"""A message as the mail that leaves: to the buyer, or to a member of the seller, from behind the relay (C1)."""

from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _

from messaging import relay
from messaging.models import Message
from messaging.states import Who
from orders import buyer_links, languages, mails
from orders.mails import Fact, Letter, one_line

NAMED = ("thread__order__seller__marketplace", "by")


def to_buyer(message_pk: int) -> EmailMultiAlternatives:
    """The mail of a message to the order's buyer, in their language; answers come back to the thread."""
    message = Message.objects.select_related(*NAMED).get(pk=message_pk)
    order = message.thread.order
    mail = mails.write(lambda: _for_buyer(message), languages.of_buyer(order))
    return _mail(message, mail, Who.BUYER, order.buyer_email)


def to_member(message_pk: int, address: str, language: str) -> EmailMultiAlternatives:
    """The mail of a message to one member of the seller; what they answer goes to the buyer as the seller's."""
    message = Message.objects.select_related(*NAMED).get(pk=message_pk)
    mail = mails.write(lambda: _for_member(message), language)
    return _mail(message, mail, Who.SELLER, address)


def _mail(message: Message, mail: mails.Mail, to: Who, address: str) -> EmailMultiAlternatives:
    made = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=relay.sender(message, to),
        to=[address],
        headers=relay.headers(message, to),
    )
    made.attach_alternative(mail.html, "text/html")
    for attachment in message.attachments.all():
        with attachment.file.open("rb") as file:
            made.attach(attachment.name, file.read(), attachment.content_type)
    return made


def _for_buyer(message: Message) -> Letter:
    order = message.thread.order
    marketplace = order.seller.marketplace
    writer = marketplace.service_name if message.who == Who.MARKETPLACE else order.seller.name
    return _letter(
        message,
        subject=_("Your order %(number)s: %(reason)s"),
        writer=one_line(writer),
        button=_("See your order"),
        url=lambda: buyer_links.url_for(order),
    )


def _for_member(message: Message) -> Letter:
    order = message.thread.order
    return _letter(
        message,
        subject=_("Order %(number)s: %(reason)s"),
        writer=one_line(order.buyer_name),
        button=_("Open the order"),
        url=lambda: f"{settings.PUBLIC_BASE_URL}{reverse('orders:detail', args=[order.number])}",
    )


def _letter(message: Message, *, subject: str, writer: str, button: str, url: Callable[[], str]) -> Letter:
    """The same subject for the whole thread, so that it stays one conversation."""
    order, reason = message.thread.order, message.thread.get_reason_display()
    return Letter(
        subject=subject % {"number": order.number, "reason": reason},
        heading=_("A message from %(writer)s") % {"writer": writer},
        quote=message.text,
        quote_from=writer,
        facts=[Fact(_("Order"), order.number), Fact(_("About"), reason)],
        button=button,
        url=url(),
        foot=_(
            "Answer this mail: neither side sees the other's address. Leave out links, addresses and numbers."
        ),
        sender=one_line(order.seller.marketplace.name),
    )
