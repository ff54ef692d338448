"""The mails of a seller: what left, what waits, what failed and may be sent again (N4)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, counting, keyset
from accounts.models import Membership, Right
from accounts.nudge import nudge
from accounts.rights import SellerRequest, requires
from notifications import attention, delivery, paging
from notifications.models import Notice
from notifications.states import MISSED, State
from notifications.words import About, path

TONES: dict[str, str] = {
    State.QUEUED: "neutral",
    State.SENDING: "info",
    State.RETRY: "warn",
    State.SENT: "good",
    State.FAILED: "bad",
    State.BOUNCED: "bad",
    State.DROPPED: "neutral",
}


@requires(Right.VIEW)
@require_safe
def mails(request: SellerRequest) -> HttpResponse:
    """All mails of the seller, newest first, or those that did not arrive."""
    only_missed = "missed" in request.GET
    shown = Notice.objects.shown_to(request.membership).filter(part_of=None)
    found = shown.missed() if only_missed else shown
    related = found.select_related("order", "listing", "event", "recipient__membership__user")
    page = keyset.page(related, "-created_at", paging.turn(request))
    context = {
        "rows": [_row(notice, request.membership) for notice in page.rows],
        "pager": paging.steps(page, "missed=1" if only_missed else ""),
        "tabs": _tabs(only_missed, attention.failed(request.membership)),
        "only_missed": only_missed,
        "zone": request.seller.marketplace.time_zone,
    }
    return render(request, "notifications/mails.html", context)


@requires(Right.VIEW)
@require_POST
def resend(request: SellerRequest, pk: int) -> HttpResponse:
    """Put a mail that did not arrive back into the queue; sent twice it is queued once."""
    notice = get_object_or_404(Notice.objects.shown_to(request.membership), pk=pk)
    if delivery.resend(notice, clock.now()):
        nudge("notifications.tasks.send")
        messages.success(request, _("The mail is on its way again."))
    else:
        messages.info(request, _("This mail is not waiting to be sent again."))
    return redirect("notifications:mails")


def _reader(notice: Notice, member: Membership) -> str:
    """Whom a mail goes to; the mailboxes of colleagues are theirs, so those are shown by name."""
    to = notice.recipient
    if to is None:
        return _("The buyer") if notice.is_to_buyer else _("Nobody any more")
    return to.address if to.membership_id == member.pk else str(to.membership.user)


def _row(notice: Notice, member: Membership) -> dict[str, Any]:
    return {
        "pk": notice.pk,
        "kind": notice.get_kind_display(),
        "order": notice.order,
        "listing": notice.listing,
        "url": path(About.of(notice)),
        "recipient": _reader(notice, member),
        "state": State(notice.state).label,
        "tone": TONES[notice.state],
        "tries": notice.tries,
        "error": notice.last_error if notice.state != State.SENT else "",
        "at": notice.sent_at or notice.created_at,
        "can_resend": notice.state in MISSED,
    }


def _tabs(only_missed: bool, failed: int) -> list[dict[str, Any]]:
    return [
        {"url": "?", "label": _("All mails"), "current": not only_missed, "count": None},
        {
            "url": "?missed=1",
            "label": _("Did not arrive"),
            "current": only_missed,
            "count": counting.written_capped(failed),
        },
    ]
