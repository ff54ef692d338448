"""Why do I get no e-mails? The checks, and a test mail whose fate is shown (N3)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.rights import SellerRequest
from notifications import addresses, checks, recipients
from notifications.members import members_only
from notifications.models import Notice
from notifications.states import WAITING, Kind, State, Way
from notifications.views.mails import TONES


@members_only
@require_safe
def why(request: SellerRequest) -> HttpResponse:
    """The questions in their order; a piece of the page where htmx looks after the test mail."""
    now = clock.now()
    context: dict[str, Any] = {"fate": _fate(request), "zone": request.seller.marketplace.time_zone}
    if request.htmx.target == "fate":
        return render(request, "notifications/why.html#fate", context)
    found = recipients.of_member(request.membership, now)
    context |= {
        "checks": checks.of(request.membership, now),
        "mailboxes": [each for each in found if each.way == Way.MAIL and each.confirmed_at],
    }
    return render(request, "notifications/why.html", context)


@members_only
@require_POST
def test(request: SellerRequest) -> HttpResponse:
    """Send a test mail, and show what becomes of it."""
    notice = addresses.test(request.membership, clock.now(), _number(request.POST.get("to", "")))
    return redirect(f"{reverse('notifications:why')}?test={notice.pk}#fate")


def _fate(request: SellerRequest) -> dict[str, Any] | None:
    """How far the test mail has come that the address names, if it is the member's own."""
    own = Notice.objects.filter(kind=Kind.TEST, recipient__membership=request.membership)
    asked = _number(request.GET.get("test", "")) or 0
    notice = own.select_related("recipient__membership__user").filter(pk=asked).first()
    if notice is None or notice.recipient is None:
        return None
    return {
        "pk": notice.pk,
        "to": notice.recipient.address,
        "state": State(notice.state).label,
        "tone": TONES[notice.state],
        "is_waiting": notice.state in WAITING,
        "is_sent": notice.state == State.SENT,
        "tries": notice.tries,
        "error": notice.last_error,
        "at": notice.sent_at,
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
