"""How far a batch and its rows can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BatchState(TextChoices):
    """Waiting and running ones are a worker's; the others are over."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("In progress")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


OPEN = (BatchState.WAITING, BatchState.RUNNING)


class RowState(TextChoices):
    """A row waits until it has its result."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
