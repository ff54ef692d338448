"""A person who signs in: one account a person, by e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class StaffPermission(models.TextChoices):
    """What a member of the marketplace's staff may do with what the marketplace fulfills (A1); superusers may all."""

    SHIP = "ship_for_marketplace", _("Confirm shipment of orders that the marketplace fulfills")
    CANCEL = "cancel_for_marketplace", _("Cancel orders, and answer requests to cancel")
    REFUND = "refund_for_marketplace", _("Refund buyers, and retry failed refunds")
    RETURNS = "handle_returns_for_marketplace", _("Handle returns to the marketplace")
    STOCK = "count_stock_for_marketplace", _("Count the stock that the marketplace stores")


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail address is kept in lower case, so that it is one person's only."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save a user who can sign in with this address; without a password, only by resetting it."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save a member of the marketplace's staff who may use every page of the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of this address, however its case was typed."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in: a seller's member, or the marketplace's staff."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_staff = models.BooleanField(_("marketplace staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined at"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        permissions = [*StaffPermission.choices]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name to greet with; the address where none was given."""
        return str(self)

    def get_short_name(self) -> str:
        """The same: names are not cut, since not every language puts the given name first."""
        return str(self)
