"""What a member prefers on Manage Orders, and the lists that were saved under a name (O19)."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Seller

LONGEST_NAME = 40
LONGEST_QUERY = 6000


class Density(models.TextChoices):
    """How much air the rows of the list have."""

    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")
    LINE = "line", _("One line")


def _columns(**more: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=20), verbose_name=_("columns"), blank=True, **more)


class SavedView(models.Model):
    """A question to the list under a name; one member's own, or the team's where it has no owner.

    `query` is `Question.query()`. Days that were chosen as "the last 7 days" are kept as that, in `days`.
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("seller")
    )
    owner = models.ForeignKey(
        Membership, on_delete=models.CASCADE, null=True, related_name="saved_views", verbose_name=_("owner")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
        db_index=False,
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    query = models.CharField(_("what it asks for"), max_length=LONGEST_QUERY, blank=True)
    days = models.PositiveSmallIntegerField(_("of the last days"), null=True)
    columns = _columns(null=True)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    saved_at = models.DateTimeField(_("saved at"), auto_now=True, db_default=Now())
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(
                "owner", Lower("name"), condition=Q(owner__isnull=False), name="view_name_once_per_member"
            ),
            models.UniqueConstraint(
                "seller", Lower("name"), condition=Q(owner=None), name="view_name_once_per_team"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """The whole team's."""
        return self.owner_id is None


class DeskPreference(models.Model):
    """How one member wants the list: columns, density, page size, sorting, and what it opens with.

    No columns are the usual ones, no sorting is each list's own.
    """

    membership = models.OneToOneField(
        Membership,
        on_delete=models.CASCADE,
        related_name="desk_preference",
        verbose_name=_("member"),
    )
    columns = _columns(default=list)
    density = models.CharField(_("density"), max_length=11, choices=Density.choices, default=Density.COMPACT)
    size = models.PositiveSmallIntegerField(_("orders on a page"), default=50)
    sort = models.CharField(_("sorting"), max_length=20, blank=True)
    start_view = models.ForeignKey(
        SavedView, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("opens with")
    )
    version = models.PositiveIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("preference of the list")
        verbose_name_plural = _("preferences of the list")
        constraints = [
            models.CheckConstraint(condition=Q(density__in=Density.values), name="preference_density_known"),
            models.CheckConstraint(condition=Q(size__in=[25, 50, 100]), name="preference_size_known"),
        ]

    def __str__(self) -> str:
        return str(self.membership_id)
