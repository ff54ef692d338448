"""Sellers, the people who work for them, and what each of them may do."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.marketplace import Marketplace


class Plan(models.TextChoices):
    """What the seller pays for; reports are for professional plans (F3)."""

    PROFESSIONAL = "professional", _("Professional")
    INDIVIDUAL = "individual", _("Individual")


class Right(models.TextChoices):
    """What a member may do; each is given by itself, so that seeing is not refunding. An owner has all of them."""

    VIEW = "view", _("See orders")
    SHIP = "ship", _("Confirm shipments")
    CANCEL = "cancel", _("Cancel orders")
    REFUND = "refund", _("Refund")
    MESSAGE = "message", _("Write to buyers")
    REPORT = "report", _("Reports")
    SETTINGS = "settings", _("Settings and team")
    OWNER = "owner", _("Owner")


class Seller(models.Model):
    """The business that sells; every record that is not the marketplace's belongs to one."""

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="sellers", verbose_name=_("marketplace")
    )
    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    plan = models.CharField(_("plan"), max_length=12, choices=Plan.choices, default=Plan.PROFESSIONAL)
    ship_from = models.TextField(
        _("ship-from address"), blank=True, help_text=_("Stands on the packing slip.")
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="sellers")

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [
            models.CheckConstraint(condition=models.Q(plan__in=Plan.values), name="seller_plan_known")
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Membership(models.Model):
    """One person's work for one seller, and the rights they have there."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("seller")
    )
    rights = ArrayField(models.CharField(max_length=8, choices=Right.choices), verbose_name=_("rights"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "seller"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(rights__contained_by=Right.values), name="membership_rights_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(rights__contains=[Right.OWNER]) | models.Q(rights__contains=Right.values),
                name="membership_owner_has_every_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.seller}"

    def may(self, right: Right) -> bool:
        """Whether this member was given that right."""
        return right in self.rights


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Invitation(models.Model):
    """A colleague asked to join; the link carries a signed id, the row says whether it still counts."""

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("seller")
    )
    email = models.EmailField(_("e-mail address"))
    rights = ArrayField(models.CharField(max_length=8, choices=Right.choices), verbose_name=_("rights"))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(rights__contained_by=Right.values), name="invitation_rights_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.seller}"
