"""What is written on the team's pages."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, Right, User

PASSWORD_INPUT = {"autocomplete": "new-password"}


class RightsWidget(forms.CheckboxSelectMultiple):
    """A checkbox for each right; those that the person can't give are shown but can't be changed."""

    grantable: frozenset[str] = frozenset(Right.values)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) not in self.grantable:
            option["attrs"]["disabled"] = True
        return option


class RightsForm(forms.Form):
    """What a member may do, each right by itself."""

    rights = forms.MultipleChoiceField(label=_("Rights"), choices=Right.choices, widget=RightsWidget)

    def __init__(
        self, *args: Any, grantable: frozenset[str], held: Iterable[str] = (), **kwargs: Any
    ) -> None:
        """Take what the person can give, and what the member has: of that, the rest stays."""
        super().__init__(*args, **kwargs)
        self.kept = set(held) - grantable
        field = self.fields["rights"]
        field.widget.grantable = grantable
        field.required = not self.kept
        if grantable < set(Right.values):
            field.help_text = _("You can only change permissions that you have yourself.")

    def clean_rights(self) -> list[str]:
        """Return the rights that were selected and those that this person can't take."""
        return [right for right in Right.values if right in {*self.cleaned_data["rights"], *self.kept}]


class InviteForm(RightsForm):
    """Asks a colleague to join."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=Invitation._meta.get_field("email").max_length,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["email", "rights"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class JoinForm(forms.Form):
    """A new colleague's account; the address is the invited one."""

    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs=PASSWORD_INPUT)
    )
    password_again = forms.CharField(
        label=_("Password, again"), strip=False, widget=forms.PasswordInput(attrs=PASSWORD_INPUT)
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        """The password is typed twice alike, and not one that is easily guessed from the person."""
        data = super().clean() or self.cleaned_data
        password = data.get("password")
        if password and data.get("password_again") and password != data["password_again"]:
            self.add_error("password_again", _("The two passwords differ."))
        if password:
            try:
                validate_password(password, User(email=self.email, name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data
