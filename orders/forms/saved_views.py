"""What a member says of a saved view: its name, for whom it is, and whether it has columns of its own (O19)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models.saved_view import LONGEST_NAME, LONGEST_QUERY

MOST_VERSION = 2**31 - 1


class NameField(forms.CharField):
    """A name on one line, without what cannot be seen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Name of the view"), max_length=LONGEST_NAME, **kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def to_python(self, value: Any) -> str:
        said = str(value or "")
        # A null character stays, for the field itself to refuse.
        seen = "".join(letter if letter.isprintable() or letter == "\0" else " " for letter in said)
        return " ".join(seen.split())


class QueryField(forms.CharField):
    """What a list asks for, as its page wrote it."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            widget=forms.HiddenInput,
            max_length=LONGEST_QUERY,
            error_messages={"max_length": _("This search is too long for a saved view.")},
        )


class VersionField(forms.IntegerField):
    """The version that the page showed."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=0, max_value=MOST_VERSION)


class NewViewForm(forms.Form):
    """A name for what is on the screen."""

    name = NameField()
    query = QueryField()
    of = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**62)
    with_columns = forms.BooleanField(required=False, label=_("Keep these columns with it"))
    is_shared = forms.BooleanField(
        required=False,
        label=_("For the whole team"),
        help_text=_(
            "Everybody who sees orders can open it; only members with the right to settings change it."
        ),
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


class NameForm(forms.Form):
    """Another name."""

    name = NameField()
    version = VersionField()


class UpdateForm(forms.Form):
    """What is on the screen, for the view that was opened."""

    query = QueryField()
    version = VersionField()
