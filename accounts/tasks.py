"""Celery's way to the mails about permissions. A message is a hint to look now; what is owed is in the rows."""

from celery import shared_task

from accounts import clock, permission_mail


@shared_task
def send_permission_mails() -> int:
    """See `permission_mail.send_due`."""
    return permission_mail.send_due(clock.now())
