"""An amount to refund, as a person types it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.form_fields import MoneyField
from accounts.money import Money


class AmountField(MoneyField):
    """So much of one currency, up to what is left; its value is in minor units, none where nothing was typed (R3)."""

    def __init__(self, *, currency: str, most: int, **kwargs: Any) -> None:
        super().__init__(currency=currency, required=False, **kwargs)
        self.most = most
        self.widget.attrs["class"] = "control-amount"

    def clean(self, value: object) -> int | None:
        minor: int | None = super().clean(value)
        if minor is not None and minor > self.most:
            left = Money(self.most, self.currency)
            raise forms.ValidationError(_("Only %(left)s is left.") % {"left": left})
        return minor
