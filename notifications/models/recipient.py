"""A way by which a seller's member is told, and what of (N2)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.models.marketplace import validate_time_zone
from notifications.states import CHOSEN, ON_BY_DEFAULT, Kind, Way


def default_kinds() -> list[str]:
    """Everything but what a member has to ask for."""
    return list(ON_BY_DEFAULT)


class Recipient(models.Model):
    """One of a member's addresses, or their inbox in the portal. A blank address is the account's own.

    An address of another mailbox gets nothing before somebody there has confirmed it.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="recipients", verbose_name=_("member")
    )
    way = models.CharField(_("way"), max_length=6, choices=Way.choices, default=Way.MAIL)
    email = models.EmailField(_("e-mail address"), blank=True)
    kinds = ArrayField(
        models.CharField(max_length=22, choices=Kind.choices),
        default=default_kinds,
        verbose_name=_("told of"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest_at = models.TimeField(_("once a day at"), null=True, blank=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.UniqueConstraint(fields=["membership", "way", "email"], name="recipient_once"),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=[str(kind) for kind in CHOSEN]), name="recipient_kinds_known"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="recipient_quiet_from_and_until",
            ),
            models.CheckConstraint(
                condition=Q(way=Way.MAIL) | Q(email="", quiet_from=None, digest_at=None),
                name="recipient_portal_is_always_there",
            ),
        ]

    def __str__(self) -> str:
        return self.address if self.way == Way.MAIL else str(Way.PORTAL.label)

    @property
    def address(self) -> str:
        """Where mail goes; the account's address follows the account."""
        return self.email or self.membership.user.email

    @property
    def is_own(self) -> bool:
        """Whether this is the account's own address, which cannot be taken away, only switched off."""
        return not self.email
