"""A seller's saved text."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from messaging.models.message import LONGEST


class Template(models.Model):
    """A text with placeholders, in one language; `saved_texts.fill` makes a message of it."""

    seller = models.ForeignKey(
        Seller,
        on_delete=models.CASCADE,
        related_name="message_templates",
        verbose_name=_("seller"),
        db_index=False,
    )
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.CharField(_("text"), max_length=LONGEST)

    class Meta:
        verbose_name = _("saved text")
        verbose_name_plural = _("saved texts")
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "name", "language"],
                name="template_once_per_language",
                violation_error_message=_("There is a saved text of this name in this language already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
