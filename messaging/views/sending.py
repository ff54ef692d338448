"""What a form of a message sends, counted against the limits on sending."""

from datetime import datetime

from accounts import throttles
from messaging.attachments import Upload
from messaging.forms.write import WriteForm
from messaging.states import Who
from orders.models import Order


def files(form: WriteForm, order: Order, who: Who, now: datetime) -> list[Upload]:
    """Count one message of this side about the order, with the bytes of its files, and return the files.

    Raises Throttled past a limit, and FilesRefused for more than a message may carry.
    """
    throttles.count(f"{who}_message", order.pk, now=now)
    uploads = Upload.of(form.cleaned_data["attachments"])
    if size := sum(len(upload.content) for upload in uploads):
        throttles.count("message_files", f"{who} {order.pk}", amount=size, now=now)
    return uploads
