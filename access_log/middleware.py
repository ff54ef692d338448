"""Writes the row of each page that discloses personal data, after the view and before the page leaves (D2)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from access_log import record, sign_ins
from access_log.models import Action

SHOWN = (409, 410, 422)
"""Statuses above 299 whose pages show the record again."""

UNREAD = (408, 411, 413)
"""Statuses of requests whose body was not read: nobody tried to sign in."""

NOT_PEOPLE = (
    "admin:index",
    "admin:login",
    "admin:logout",
    "admin:jsi18n",
    "admin:app_list",
    "admin:password_change",
)


class AccessLogMiddleware:
    """Comes last: it sees what the view shows, of whom, and to whom."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = request.resolver_match.view_name if request.resolver_match else ""
        if page in sign_ins.FORMS:
            if request.method == "POST" and not _is_redirect(response) and response.status_code not in UNREAD:
                sign_ins.failed(request)
        elif action := _action(page, request, response):
            if page.startswith("admin:"):
                _say_which(request, response)
            record.write(request, action)
        return response


def _action(page: str, request: HttpRequest, response: HttpResponse) -> str:
    """Return what the page's visitor did with personal data; empty where nothing was shown or changed."""
    is_shown = response.status_code < 300 or response.status_code in SHOWN
    if page.startswith("admin:") and page not in NOT_PEOPLE:
        if request.method == "POST":
            return Action.PERMISSIONS if page.startswith("admin:accounts_") else Action.VIEW
        if not is_shown:
            return ""
        if response.streaming:
            return Action.DOWNLOAD
        return Action.LIST if page.endswith("_changelist") else Action.VIEW
    action: str = settings.DISCLOSURES.get(page, "")
    if action == Action.PERMISSIONS:
        return action if request.method == "POST" and _is_redirect(response) else ""
    return action if is_shown else ""


def _say_which(request: HttpRequest, response: HttpResponse) -> None:
    """Say of a page of the staff how many records its list shows, or which order its record belongs to."""
    context = getattr(response, "context_data", None) or {}
    if shown := context.get("cl"):
        record.detail(request, orders=len(shown.result_list), is_search=bool(shown.query))
    elif original := context.get("original"):
        order = original if hasattr(original, "buyer_email") else getattr(original, "order", None)
        record.detail(request, order_number=getattr(order, "number", ""))


def _is_redirect(response: HttpResponse) -> bool:
    return 300 <= response.status_code < 400
