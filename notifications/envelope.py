"""A notice as the message that leaves: to whom, in which language, with which headers."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from messaging import outgoing, relay
from notifications import buyer_letters, letters, recipients, unsubscribe, words
from notifications.models import Notice, Recipient
from notifications.states import ASKED_FOR, CHOSEN, TO_BUYER, Kind
from notifications.words import About
from orders import languages, mails
from orders.models import Order, OrderEvent
from orders.states import OrderStatus

NAMED = ("order__seller__marketplace", "order__payment", "listing", "event", "recipient__membership__user")
ABOUT_BUYER = (*TO_BUYER, Kind.MESSAGE)
"""Nothing of what they say is known any more, nor where to."""
AS_A_MACHINE = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class NotWanted(Exception):
    """This notice is not to be sent any more; `str()` says why."""


def message(notice: Notice) -> EmailMultiAlternatives:
    """The mail of a notice, made from what stands in the database now. Raises NotWanted when nobody needs it."""
    notice = Notice.objects.select_related(*NAMED, "recipient__membership__seller__marketplace").get(
        pk=notice.pk
    )
    if notice.order and notice.order.personal_data_deleted_at and notice.kind in ABOUT_BUYER:
        raise NotWanted("The buyer's personal data was deleted.")
    if notice.kind == Kind.BUYER_MESSAGE and notice.event:
        return outgoing.to_buyer(notice.event.details["message"])
    if notice.is_to_buyer and notice.order:
        mail = mails.write(lambda: buyer_letters.letter(notice), languages.of_buyer(notice.order))
        return _message(notice, mail, notice.order.buyer_email, AS_A_MACHINE | _to_seller(notice.order))
    to = _reader(notice)
    if notice.kind == Kind.MESSAGE and notice.event:
        return _relayed(notice, notice.event, to)
    mail = mails.write(lambda: letters.letter(notice, to), to.membership.user.language)
    service = {"Reply-To": to.membership.seller.marketplace.service_email}
    return _message(notice, mail, to.address, AS_A_MACHINE | service | _list_headers(notice, to))


def _to_seller(order: Order) -> dict[str, str]:
    """Where the buyer's answer goes: to the seller, or to customer service where nobody can write any more (C1, C2)."""
    if order.status == OrderStatus.CANCELED:
        return {"Reply-To": order.seller.marketplace.service_email}
    return {"Reply-To": relay.order_address(order)}


def _reader(notice: Notice) -> Recipient:
    """Whom it goes to. An address that nobody has confirmed is asked to confirm, and gets nothing else (N2)."""
    to = notice.recipient
    if to is None:
        raise NotWanted("The member has left, or took the address away.")
    if not to.membership.user.is_active:
        raise NotWanted("The member's account is switched off.")
    if notice.kind == Kind.CONFIRM_ADDRESS:
        return to
    if to.confirmed_at is None:
        raise NotWanted("Nobody has confirmed the address.")
    if notice.kind in ASKED_FOR:
        return to
    if not _still_wants(notice, to):
        raise NotWanted("The member does not want it any more, or may not see it.")
    if words.is_overtaken(About.of(notice)) or _is_empty(notice):
        raise NotWanted("It was overtaken: there is nothing left to do.")
    return to


def _still_wants(notice: Notice, to: Recipient) -> bool:
    if notice.kind not in CHOSEN:
        return bool(to.kinds)
    return notice.kind in to.kinds and recipients.may_get(notice.kind, to)


def _is_empty(notice: Notice) -> bool:
    return notice.kind == Kind.DIGEST and not letters.parts(notice)


def _list_headers(notice: Notice, to: Recipient) -> dict[str, str]:
    """One click in the mail program stops this kind (RFC 2369, RFC 8058)."""
    if notice.kind in ASKED_FOR:
        return {}
    url = unsubscribe.url(to, notice.kind)
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _relayed(notice: Notice, event: OrderEvent, to: Recipient) -> EmailMultiAlternatives:
    """What the buyer wrote, from behind the relay: answered by mail, it goes back to the buyer (C1)."""
    message = outgoing.to_member(event.details["message"], to.address, to.membership.user.language)
    message.extra_headers |= {"Message-ID": notice.message_id, **_list_headers(notice, to)}
    return message


def _message(notice: Notice, mail: mails.Mail, to: str, headers: dict[str, str]) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={"Message-ID": notice.message_id, **headers},
    )
    message.attach_alternative(mail.html, "text/html")
    return message
