"""What the chain of daily reports is made of: the orders that arrived, and when each seller wants to have them (F1)."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from orders.models import Order
from reports.models.report import Report
from reports.states import Format, Separator


class Arrival(models.Model):
    """An order that became reportable, and the daily report that has it.

    A trigger of the database writes the row in the transaction that authorises the order (migration 0001): so there
    is no mark on a time or a number that could pass over a slow transaction (ADR 14).
    """

    order = models.OneToOneField(
        Order, on_delete=models.CASCADE, primary_key=True, related_name="arrival", verbose_name=_("order")
    )
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    arrived_at = models.DateTimeField(_("arrived at"))
    report = models.ForeignKey(
        Report,
        on_delete=models.PROTECT,
        null=True,
        related_name="arrivals",
        verbose_name=_("daily report"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        indexes = [
            models.Index(fields=["seller"], condition=Q(report=None), name="arrival_unreported"),
            models.Index(fields=["seller", "arrived_at"], include=["order"], name="arrival_of_days"),
            models.Index(
                fields=["report", "order"], condition=Q(report__isnull=False), name="arrival_of_report"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="arrival_facts", fields=["order", "seller", "arrived_at"]),
            # In one report, and never in another (F1).
            pgtrigger.Protect(
                name="arrival_reported_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__report__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class Schedule(models.Model):
    """When and how a seller wants the daily report; without a row it is as the defaults here say."""

    seller = models.OneToOneField(
        Seller, on_delete=models.CASCADE, related_name="report_schedule", verbose_name=_("seller")
    )
    is_on = models.BooleanField(_("post a report every day"), default=True)
    hour = models.PositiveSmallIntegerField(
        _("hour, in the marketplace's time zone"), default=6, validators=[MaxValueValidator(23)]
    )
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, default=Format.TSV)
    separator = models.CharField(
        _("separator of CSV"), max_length=1, choices=Separator.choices, default=Separator.COMMA
    )
    is_exact = models.BooleanField(_("texts of tab-delimited files as they are"), default=False)
    columns = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("optional columns")
    )

    class Meta:
        verbose_name = _("schedule of daily reports")
        verbose_name_plural = _("schedules of daily reports")
        constraints = [
            models.CheckConstraint(condition=Q(hour__lte=23), name="schedule_hour_of_a_day"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="schedule_format_known"),
            models.CheckConstraint(
                condition=Q(separator__in=Separator.values), name="schedule_separator_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.hour}:00"
