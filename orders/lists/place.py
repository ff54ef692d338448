"""The reader's place in the list of orders: an order's pages lead back to the very list, at its row (O19).

The browser tells where a page was opened from. After an action that is no longer the list; then a cookie knows it,
which holds the address's query and nothing else. The query can name a buyer, so it is encrypted.
"""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from accounts import encryption
from orders.forms.desk import Question, QuestionForm

COOKIE = settings.PLACE_COOKIE_NAME
LONGEST = 1_500


def keep(request: HttpRequest, response: HttpResponse, question: Question) -> None:
    """Remember this page of the list, for as long as the browser is open."""
    query = urlsplit(question.url(turn=question.turn)).query
    if _kept(request) == query:
        return
    if len(query) > LONGEST:
        response.delete_cookie(COOKIE, path=reverse("orders:list"))
        return
    response.set_cookie(
        COOKIE,
        encryption.encrypt(query),
        path=reverse("orders:list"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def back(request: HttpRequest, number: str = "") -> str:
    """The list that the reader came from, at the row of this order; the plain list where nothing is known.

    What a browser sent is read as an address of the list is read, and written anew.
    """
    came_from = _read(request.headers.get("Referer", ""))
    is_list = came_from.path == reverse("orders:list") and came_from.netloc == request.get_host()
    query = came_from.query if is_list else _kept(request)
    url = reverse("orders:list")
    if query and len(query) <= LONGEST * 4:
        question = QuestionForm(QueryDict(query)).question()
        url = question.url(turn=question.turn)
    return f"{url}#order-{number}" if number else url


def _kept(request: HttpRequest) -> str:
    """Return the query of the cookie; empty where there is none, or its key is not known any more."""
    try:
        return encryption.decrypt(request.COOKIES.get(COOKIE, ""))
    except encryption.KeyMissing:
        return ""


def _read(address: str) -> SplitResult:
    """The address that a browser names; what is none is an empty one."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
