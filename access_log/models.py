"""The rows of the access log. The table is made by a migration of its own: it is partitioned by month."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import ActorKind
from accounts.models import Seller


class Action(models.TextChoices):
    """What somebody did."""

    VIEW = "view", _("Viewed")
    LIST = "list", _("Viewed a list")
    SEARCH = "search", _("Searched for a person")
    DOWNLOAD = "download", _("Downloaded")
    SIGN_IN = "sign_in", _("Signed in")
    SIGN_IN_FAILED = "failed", _("Failed to sign in")
    PERMISSIONS = "permissions", _("Changed permissions")


OPENING = (Action.VIEW, Action.DOWNLOAD)
"""Actions that open single orders."""


class Access(models.Model):
    """One disclosure of personal data, or a sign-in; for the app's role rows are only ever added."""

    at = models.DateTimeField(_("time"))
    action = models.CharField(_("action"), max_length=12, choices=Action.choices)
    via = models.CharField(_("acted as"), max_length=12, choices=ActorKind.choices)
    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("person"),
    )
    seller: Any = models.ForeignKey(
        Seller,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("seller"),
    )
    order_number = models.CharField(_("order number"), max_length=19, default="")
    orders = models.IntegerField(_("records shown"), default=1)
    page = models.CharField(_("page"), max_length=60)
    record = models.CharField(_("record"), max_length=40, default="")
    address = models.GenericIPAddressField(_("network address"), null=True)

    class Meta:
        verbose_name = _("access to personal data")
        verbose_name_plural = _("access log")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.order_number or self.page}"


class UnusualAccess(models.Model):
    """A person who opened very many orders within minutes: one row for each seller, person and day (UTC)."""

    seller = models.ForeignKey(Seller, models.CASCADE, related_name="unusual_accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    day = models.DateField()
    orders = models.IntegerField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "user", "day"], name="unusual_access_once_a_day"),
        ]
