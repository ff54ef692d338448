"""The log of mails that were not taken: who tried what, never what they wrote."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models.thread import Thread
from messaging.states import TOLD, Why


class RefusedMail(models.Model):
    """A mail that was refused, and why. It holds no line of the mail's body."""

    at = models.DateTimeField(_("when"))
    why = models.CharField(_("why"), max_length=10, choices=Why.choices)
    sentence = models.CharField(_("what the sender is told"), max_length=500)
    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, null=True, related_name="refused_mails", verbose_name=_("thread")
    )
    mail_from = models.CharField(_("sender of the envelope"), max_length=254, blank=True)
    header_from = models.CharField(_("sender in the header"), max_length=254, blank=True)
    rcpt_to = models.CharField(_("recipient"), max_length=254, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=250, blank=True)
    size = models.PositiveIntegerField(_("size, bytes"))

    class Meta:
        verbose_name = _("refused mail")
        verbose_name_plural = _("refused mails")
        constraints = [models.CheckConstraint(condition=Q(why__in=Why.values), name="refused_mail_why_known")]
        indexes = [models.Index(fields=["at"], name="refused_mail_oldest")]

    def __str__(self) -> str:
        return f"{self.why} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_told(self) -> bool:
        """Whether the sender should hear of it: a person, not a machine or somebody under a false name."""
        return self.why in TOLD
