"""Fields that forms of several apps take: a place in a list, an amount of money, what staff may do."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _

from accounts.keyset import Cursor, Value
from accounts.models import StaffPermission
from accounts.money import Money, MoneyError


class CursorField(forms.Field):
    """A place in the list, as the pager wrote it; of a list that is sorted by a key of this kind."""

    def __init__(self, *, kind: type[Value] = datetime, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    def to_python(self, value: object) -> Any:
        try:
            return Cursor.read(str(value), self.kind) if value else None
        except ValueError:
            raise forms.ValidationError(
                _("This page of the list does not exist; here is the first.")
            ) from None


class MoneyField(forms.Field):
    """An amount as a person writes it, in minor units."""

    widget = forms.TextInput

    def __init__(self, *, currency: str = "USD", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return Money(value, self.currency).plain if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return Money.parse(text, self.currency).minor
        except MoneyError as error:
            raise forms.ValidationError(str(error)) from None


class StaffPermissionsField(forms.ModelMultipleChoiceField):
    """What a member of the marketplace's staff may do, in the reader's language."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Permission.objects.filter(codename__in=StaffPermission.values),
            label=_("Marketplace staff may"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def label_from_instance(self, obj: Permission) -> str:
        return str(StaffPermission(obj.codename).label)
