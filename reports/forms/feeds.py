"""A feed's file, as it is handed in (F5)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.feeds.files.kinds import FeedKind

RECOGNISE = ("", _("Recognise it from the file"))


class UploadForm(forms.Form):
    """A file; what it holds is judged by its bytes."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("File"),
        help_text=_("Tab-delimited text or XML, at most 50 MB and 100,000 rows."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".txt,.tsv,.tab,.xml"}),
    )
    kind = forms.ChoiceField(label=_("What it does"), required=False)
    is_at_once = forms.BooleanField(
        label=_("Process it at once, without a dry run"),
        required=False,
        help_text=_(
            "Otherwise you first see what each row would do, and nothing is changed until you say so."
        ),
    )

    def __init__(self, *args: Any, offered: list[FeedKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [RECOGNISE, *[(kind.value, kind.label) for kind in offered]]
