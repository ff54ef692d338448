"""What a member was told in the portal."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, counting, keyset
from accounts.rights import SellerRequest
from notifications import attention, paging, words
from notifications import inbox as items
from notifications.members import members_only
from notifications.models import InboxItem
from notifications.states import Kind
from notifications.words import About

ICONS: dict[str, tuple[str, str]] = {
    Kind.SOLD: ("package", "info"),
    Kind.CANCEL_REQUESTED: ("hand-stop", "warn"),
    Kind.CANCELED: ("ban", "neutral"),
    Kind.LATE: ("clock", "bad"),
    Kind.ABOUT_TO_BE_CANCELED: ("alert-triangle", "bad"),
    Kind.CHARGE_REFUSED: ("alert-circle", "bad"),
    Kind.MESSAGE: ("mail", "info"),
    Kind.LOW_STOCK: ("alert-circle", "warn"),
    Kind.OVERSOLD: ("alert-triangle", "bad"),
}


@members_only
@require_safe
def inbox(request: SellerRequest) -> HttpResponse:
    """The inbox, newest first, all of it or what is unread."""
    only_unread = "unread" in request.GET
    found = items.unread(request.membership) if only_unread else items.of(request.membership)
    related = found.select_related("order__seller__marketplace", "listing", "event__actor")
    page = keyset.page(related, "-at", paging.turn(request))
    unread = items.count_unread(request.membership)
    context = {
        "rows": [_row(item) for item in page.rows],
        "pager": paging.steps(page, "unread=1" if only_unread else ""),
        "only_unread": only_unread,
        "unread": unread,
        "tabs": _tabs(only_unread, unread),
        "failed": attention.failed(request.membership) if attention.may_see(request.membership) else 0,
        "zone": request.seller.marketplace.time_zone,
    }
    return render(request, "notifications/inbox.html", context)


@members_only
@require_POST
def read(request: SellerRequest) -> HttpResponse:
    """One item, or all of them, are read from now on."""
    written = request.POST.get("item", "")
    is_number = written.isascii() and written.isdigit() and len(written) < 19
    if written and not is_number:
        return redirect("notifications:inbox")
    items.mark_read(request.membership, clock.now(), int(written) if written else None)
    return redirect("notifications:inbox")


def _row(item: InboxItem) -> dict[str, Any]:
    about = About.of(item)
    icon, tone = ICONS.get(item.kind, ("info-circle", "neutral"))
    return {
        "pk": item.pk,
        "heading": words.heading(about),
        "body": words.body(about),
        "url": words.path(about),
        "at": item.at,
        "is_unread": item.read_at is None,
        "icon": icon,
        "tone": tone,
    }


def _tabs(only_unread: bool, unread: int) -> list[dict[str, Any]]:
    return [
        {"url": "?", "label": _("All"), "current": not only_unread, "count": None},
        {
            "url": "?unread=1",
            "label": _("Unread"),
            "current": only_unread,
            "count": counting.written_capped(unread),
        },
    ]
