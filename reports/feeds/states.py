"""How far a feed can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FeedState(TextChoices):
    """Uploaded, checking and processing ones are a worker's; checked ones wait for the seller."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    REFUSED = "refused", _("Refused")
    CHECKED = "checked", _("Checked")
    PROCESSING = "processing", _("Being processed")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


S = FeedState

AT_WORK = (S.UPLOADED, S.CHECKING, S.PROCESSING)
"""Something goes on that can be stopped."""

OVER = (S.DONE, S.STOPPED, S.FAILED)
"""Nothing goes on; what was not done can be gone on with, where there is a batch of it."""
