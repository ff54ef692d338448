"""Each change of permissions is mailed to the member and to the seller's owners (N4).

The mails are written with the change and sent by a job, so none is lost while mail is down.
"""

import smtplib
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import team_log
from accounts.models import Membership, PermissionMail, Right, User
from accounts.nudge import nudge

logger = structlog.get_logger(__name__)
SEND = "accounts.tasks.send_permission_mails"
PAUSES = [timedelta(minutes=each) for each in (5, 15, 60, 240, 720, 1440)]
"""After each try, before the next one; after the last, nobody tries any more."""
MOST_AT_ONCE = 100


def owe(membership: Membership, *, now: datetime) -> None:
    """Write the mails about the change of this membership that was just made, in its transaction."""
    change = team_log.CHANGES.objects.filter(pgh_obj_id=membership.pk).order_by("-pgh_id").first()
    owners = User.objects.filter(
        memberships__seller=membership.seller_id, memberships__rights__contains=[Right.OWNER], is_active=True
    )
    readers = {membership.user_id, *owners.values_list("pk", flat=True)}
    PermissionMail.objects.bulk_create(
        PermissionMail(change=change, to_id=pk, next_try_at=now) for pk in sorted(readers)
    )
    nudge(SEND)


def send_due(now: datetime) -> int:
    """Send what is due; return how many mails left. One that fails is tried again after a pause, for two days."""
    due = PermissionMail.objects.due(now).values_list("pk", flat=True)[:MOST_AT_ONCE]
    return sum(_send(mail, now) for pk in list(due) if (mail := _claim(pk, now)))


def _claim(pk: int, now: datetime) -> PermissionMail | None:
    """Take a mail until its next try; None where another worker has it."""
    with transaction.atomic():
        due = PermissionMail.objects.due(now).select_for_update(skip_locked=True, of=("self",))
        mail = due.select_related("to", "change__seller__marketplace", "change__user").filter(pk=pk).first()
        if mail:
            pause = PAUSES[mail.tries] if mail.tries < len(PAUSES) else None
            mail.tries, mail.next_try_at = mail.tries + 1, now + pause if pause else None
            mail.save(update_fields=["tries", "next_try_at"])
    return mail


def _send(mail: PermissionMail, now: datetime) -> bool:
    """Return whether the mail left."""
    with translation.override(mail.to.language):
        message = _message(mail)
    try:
        message.send()
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        logger.warning("permission_mail_failed", mail=mail.pk, tries=mail.tries, error=type(error).__name__)
        return False
    mail.sent_at, mail.next_try_at = now, None
    mail.save(update_fields=["sent_at", "next_try_at"])
    return True


def _message(mail: PermissionMail) -> EmailMultiAlternatives:
    """Write the mail in the language that is active."""
    seller = mail.change.seller
    context = _context(mail)
    message = EmailMultiAlternatives(
        # On one line, whatever the seller calls itself: a line break would start another header.
        subject=_("Permissions at %(seller)s: %(what)s")
        % {"seller": " ".join(seller.name.split()), "what": context["entry"].what},
        body=render_to_string("accounts/mail/permissions.txt", context),
        to=[mail.to.email],
        reply_to=[seller.marketplace.service_email],
    )
    message.attach_alternative(render_to_string("accounts/mail/permissions.html", context), "text/html")
    return message


def _context(mail: PermissionMail) -> dict[str, Any]:
    """Return what the mail's templates show; the log's address for those who can open it."""
    manages = Membership.objects.filter(
        user=mail.to_id, seller=mail.change.seller_id, rights__contains=[Right.SETTINGS]
    )
    return {
        "entry": team_log.entry_of(mail.change),
        "member": mail.change.user,
        "is_own": mail.to_id == mail.change.user_id,
        "seller": mail.change.seller,
        "url": f"{settings.PUBLIC_BASE_URL}{reverse('accounts:team_log')}" if manages.exists() else "",
    }
