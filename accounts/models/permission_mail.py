"""The mails that tell of a change of permissions: written with the change, sent afterwards."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PermissionMailQuerySet(models.QuerySet["PermissionMail"]):
    """Mails in the words of those who send them."""

    def due(self, now: datetime) -> "PermissionMailQuerySet":
        """Return those to be sent now, longest waiting first."""
        return self.filter(next_try_at__lte=now).order_by("next_try_at", "pk")


class PermissionMail(models.Model):
    """One mail to one person about one change. It is sent at least once, and its words are made when it is sent."""

    change = models.ForeignKey(
        "accounts.MembershipEvent", on_delete=models.DO_NOTHING, related_name="+", verbose_name=_("change")
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("to")
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(
        _("next try at"), null=True, help_text=_("Empty once it was sent, or tried for two days.")
    )
    sent_at = models.DateTimeField(_("sent at"), null=True)

    objects = PermissionMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("permission mail")
        verbose_name_plural = _("permission mails")
        constraints = [
            models.UniqueConstraint(fields=["change", "to"], name="permission_mail_once"),
            models.CheckConstraint(
                condition=models.Q(next_try_at=None) | models.Q(sent_at=None),
                name="permission_mail_sent_is_not_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="permission_mail_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.change_id} · {self.to_id}"
