"""The log of a team: each change of permissions and each invitation."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import team_log as changes
from accounts.models import Right
from accounts.rights import SellerRequest, requires

LOG_ROWS = 50


@requires(Right.SETTINGS)
@require_safe
def log(request: SellerRequest) -> HttpResponse:
    """Show what happened to the team, newest first."""
    page = Paginator(changes.rows(request.seller), LOG_ROWS).get_page(request.GET.get("page"))
    context = {"entries": changes.entries(page.object_list), "pager": _steps(page)}
    return render(request, "accounts/team_log.html", context)


def _steps(page: Page[dict[str, Any]]) -> dict[str, str]:
    """Return the addresses of the pages around this one."""
    steps: dict[str, str] = {}
    if page.has_previous():
        steps |= {"first_url": "?page=1", "previous_url": f"?page={page.previous_page_number()}"}
    if page.has_next():
        steps |= {
            "next_url": f"?page={page.next_page_number()}",
            "last_url": f"?page={page.paginator.num_pages}",
        }
    return steps
