"""The operator's marketplace, and the channels through which its buyers order."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from zoneinfo import available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import calendars, money

country_code = RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, as in ISO 3166: US, JP."))
ANY_DAY = date(2026, 1, 1)


def validate_currency(code: str) -> None:
    """Raise ValidationError unless the code stands in ISO 4217."""
    try:
        money.digits(code)
    except money.MoneyError:
        raise ValidationError(_("Three capital letters, as in ISO 4217: USD, JPY.")) from None


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless the name stands in the IANA time zone database."""
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is not a time zone."), params={"name": name})


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Marketplace(models.Model):
    """One country's marketplace: its calendar, its currency, and the rules that it sets."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    country = models.CharField(_("country"), max_length=2, validators=[country_code])
    subdivision = models.CharField(
        _("subdivision"),
        max_length=6,
        blank=True,
        help_text=_("Whose public holidays count too, as in ENG or BY."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    buyer_cancel_minutes = models.PositiveSmallIntegerField(_("buyer-cancel window, minutes"), default=30)
    authorisation_days = models.PositiveSmallIntegerField(
        _("authorisation limit, days"), default=5, validators=[MinValueValidator(1)]
    )
    confirm_business_days = models.PositiveSmallIntegerField(
        _("business days after ship-by to confirm"), default=7, validators=[MinValueValidator(1)]
    )
    settlement_days = models.PositiveSmallIntegerField(_("settlement period, days"), default=14)
    phone_days = models.PositiveSmallIntegerField(_("days a relay phone works after shipment"), default=14)
    personal_data_days = models.PositiveSmallIntegerField(
        _("days buyers' personal data is kept after delivery"),
        default=30,
        db_default=30,
        validators=[MinValueValidator(1)],
        help_text=_(
            "Or after an order was canceled. Holds for orders that ship or are canceled from now on."
        ),
    )
    fee_basis_points = models.PositiveSmallIntegerField(
        _("selling fee, basis points"), default=1500, validators=[MaxValueValidator(10_000)]
    )
    refund_fee_kept_basis_points = models.PositiveSmallIntegerField(
        _("share of the fee kept at a refund, basis points"),
        default=2000,
        validators=[MaxValueValidator(10_000)],
        help_text=_("The rest of the fee on what was refunded goes back to the seller."),
    )
    relay_phone = models.CharField(_("relay phone number"), max_length=20, blank=True)
    service_name = models.CharField(_("customer service"), max_length=100)
    service_email = models.EmailField(_("customer service's e-mail"))

    class Meta:
        verbose_name = _("marketplace")
        verbose_name_plural = _("marketplaces")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fee_basis_points__lte=10_000), name="marketplace_fee_at_most_all"
            ),
            models.CheckConstraint(
                condition=models.Q(refund_fee_kept_basis_points__lte=10_000),
                name="marketplace_fee_kept_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for a place whose public holidays nobody knows: its deadlines could not be counted."""
        try:
            calendars.is_business_day(self.country, self.subdivision, ANY_DAY)
        except calendars.UnknownCalendar:
            raise ValidationError(_("No calendar of public holidays is known for this place.")) from None


class SalesChannel(models.Model):
    """Where buyers place orders; it hands them in at `/channels/<slug>/orders/`."""

    marketplace = models.ForeignKey(
        Marketplace, on_delete=models.PROTECT, related_name="channels", verbose_name=_("marketplace")
    )
    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("sales channel")
        verbose_name_plural = _("sales channels")

    def __str__(self) -> str:
        return self.name


class ChannelTokenQuerySet(models.QuerySet["ChannelToken"]):
    """Tokens in the words of the gate that asks for them."""

    def valid(self, now: datetime) -> "ChannelTokenQuerySet":
        """Those that still open the door at that moment."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def of_secret(self, secret: str) -> "ChannelTokenQuerySet":
        """The token with this secret; only its digest is known here."""
        return self.filter(digest=ChannelToken.digest_of(secret))


class ChannelToken(models.Model):
    """A bearer token of a channel; the secret itself is shown once and never stored."""

    channel = models.ForeignKey(
        SalesChannel, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("sales channel")
    )
    digest = models.CharField(_("SHA-256 of the secret"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ChannelTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel token")
        verbose_name_plural = _("channel tokens")

    def __str__(self) -> str:
        return f"{self.channel} {self.digest[:8]}"

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored in place of the secret: 256 random bits need no salt."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, channel: SalesChannel, *, now: datetime, days: int = 365) -> tuple["ChannelToken", str]:
        """Save a token and return it with its secret, which cannot be had again."""
        secret = secrets.token_urlsafe(32)
        expires_at = now + timedelta(days=days)
        return cls.objects.create(
            channel=channel, digest=cls.digest_of(secret), created_at=now, expires_at=expires_at
        ), secret
