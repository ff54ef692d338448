"""A message with its files, as either side writes it (C5)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from messaging import saved_texts
from messaging.models import Template
from messaging.models.message import LONGEST
from messaging.screening import Passage
from messaging.states import Reason
from orders.forms.buyer import NoteField

LARGEST_PK = 2**63 - 1
TEXT_HELP = _("At most 2,000 characters of plain text. No links, e-mail addresses or phone numbers.")


class TextField(NoteField):
    """A message's text. Its length is judged with the rest of it, so that nothing typed is ever cut off."""

    # What it may not hold is found with its place (messaging.screening).
    default_validators = []

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 6, "data-counted": LONGEST, "required": True}
        words = {"label": _("Message"), "help_text": TEXT_HELP, "widget": forms.Textarea(attrs=attrs)}
        super().__init__(**{"error_messages": {"required": _("Write a message.")}, **words, **kwargs})


class FilesInput(forms.FileInput):
    """Chooses several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; how many, how large and of which kind they may be is judged by their bytes."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "label": _("Attachments"),
            "help_text": _("At most 5 files, 10 MB together: PDF, PNG, JPEG, GIF or plain text."),
            "widget": FilesInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.gif,.txt"}),
        }
        super().__init__(**{"required": False, **words, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files in a list; one that is empty is refused."""
        found: Sequence[UploadedFile] = data if isinstance(data, list) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in found]


class WriteForm(forms.Form):
    """A message about one of `offered`; any known reason is taken, and judged by the operation (C2)."""

    key = forms.UUIDField(label=_("Form"), widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Reason.choices,
        error_messages={
            "required": _("Choose what your message is about."),
            "invalid_choice": _("Choose what your message is about."),
        },
    )
    text = TextField()
    attachments = FilesField()

    passages: Sequence[Passage] = ()
    """What may not stand in the text, once it was refused."""

    def __init__(self, *args: Any, offered: Sequence[Reason], thread: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        if thread:
            field.widget = forms.HiddenInput()
        else:
            choose = ("", _("Choose a topic"))
            field.widget.choices = [choose, *[(reason.value, reason.label) for reason in offered]]


class SellersForm(WriteForm):
    """The seller's message, perhaps begun with a saved text; `seen` is the last message on the page."""

    seen = forms.IntegerField(
        label=_("Last message"), required=False, min_value=0, max_value=LARGEST_PK, widget=forms.HiddenInput
    )
    template = forms.ChoiceField(label=_("Saved text"), required=False)

    field_order = ("key", "seen", "reason", "template", "text", "attachments")

    def __init__(self, *args: Any, templates: Sequence[Template], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        texts = [(str(each.pk), f"{each.name} ({each.get_language_display()})") for each in templates]
        field.choices = [("", _("None")), *texts]

    def clean_text(self) -> str:
        """What a saved text left open is to be filled in, or taken out, before the buyer reads it."""
        text: str = self.cleaned_data["text"]
        still = [name for name in saved_texts.PLACEHOLDER.findall(text) if name in saved_texts.PLACEHOLDERS]
        if still:
            words = {"name": f"{{{still[0]}}}"}
            raise forms.ValidationError(
                _("%(name)s is not known yet: write it yourself, or take it out."), params=words
            )
        return text
