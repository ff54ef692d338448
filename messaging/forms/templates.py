"""A seller's saved text: its name, its language, and words with placeholders (C5)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from messaging import plain, saved_texts, screening
from messaging.forms.write import TextField
from messaging.models import Template
from messaging.models.message import LONGEST
from messaging.refusals import TextRefused

TAKEN = _("There is a saved text of this name in this language already.")


class TemplateForm(forms.ModelForm[Template]):
    """Adds or changes a text; it is screened as the message that it will be."""

    text = TextField(label=_("Text"), max_length=LONGEST)

    class Meta:
        model = Template
        fields = ("name", "language", "text")

    def __init__(self, *args: Any, seller: Seller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.seller = seller

    def clean_name(self) -> str:
        name = plain.one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name

    def clean_text(self) -> str:
        text = plain.clean(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(_("Write a message."))
        try:
            saved_texts.check(text)
        except TextRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        service = self.instance.seller.marketplace.service_email
        if passages := screening.find(text, addresses=[service]):
            raise forms.ValidationError(screening.sentence_about(passages))
        return text

    def clean(self) -> dict[str, Any]:
        """The seller is no field of the form, and yet part of what must be unique."""
        cleaned = super().clean() or self.cleaned_data
        asked = {name: cleaned.get(name) for name in ("name", "language")}
        same = Template.objects.filter(seller=self.instance.seller, **asked).exclude(pk=self.instance.pk)
        if all(asked.values()) and same.exists():
            raise forms.ValidationError(TAKEN)
        return cleaned
