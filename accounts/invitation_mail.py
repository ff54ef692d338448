"""The mail that carries an invitation."""

import smtplib

import structlog
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import invitations
from accounts.models import Invitation, Right

logger = structlog.get_logger(__name__)


def send(invitation: Invitation) -> bool:
    """Whether the mail left. Call it after the commit: the invitation stands either way."""
    context = {
        "invitation": invitation,
        "url": invitations.url_for(invitation),
        "rights": [Right(right).label for right in invitation.rights],
    }
    mail = EmailMultiAlternatives(
        subject=_subject(invitation),
        body=render_to_string("accounts/mail/invitation.txt", context),
        to=[invitation.email],
        reply_to=[invitation.seller.marketplace.service_email],
    )
    mail.attach_alternative(render_to_string("accounts/mail/invitation.html", context), "text/html")
    try:
        mail.send()
    except (
        smtplib.SMTPException,
        OSError,
        UnicodeError,
    ) as error:  # some addresses no mail can be written to
        logger.warning("invitation_not_mailed", invitation=invitation.pk, error=type(error).__name__)
        return False
    return True


def _subject(invitation: Invitation) -> str:
    """On one line, whatever the seller calls itself: a line break would start another header."""
    seller = " ".join(invitation.seller.name.split())
    return _("%(seller)s invites you to its team") % {"seller": seller}
