"""What a person, or a sales channel, reads when a request cannot be answered."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template import TemplateDoesNotExist, loader
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from orders.entry.cart import Problem

CHANNELS = "/channels/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400, or 413 where the body is larger than any order."""
    if isinstance(exception, RequestDataTooBig):
        return _answer(request, 413, "too_large", _("The request is larger than the portal takes."))
    return _answer(request, 400, "bad_request", _("The request could not be understood."))


def request_timeout(request: HttpRequest) -> HttpResponseBase:
    """408; what came of the body was dropped."""
    return _answer(
        request, 408, "timeout", _("The request took too long. Nothing was changed. Send it again.")
    )


def length_required(request: HttpRequest) -> HttpResponseBase:
    """411 for a body in pieces of unknown number, which nothing that people use sends."""
    sentence = _(
        "The request does not say how long it is. Nothing was changed: send it with a Content-Length."
    )
    return _answer(request, 411, "length_required", sentence)


def too_large(request: HttpRequest, limit: int) -> HttpResponseBase:
    """413 with the limit of this page, in bytes."""
    sentence = _("The request is larger than %(limit)s. Nothing was changed. Go back and send less.")
    return _answer(request, 413, "too_large", sentence % {"limit": filesizeformat(limit)})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """403, with the refusal's own sentence where it has one."""
    return _answer(request, 403, "forbidden", str(exception) or _("You may not do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """403 for a form that was not made by the portal, or for a sign-in that has changed meanwhile."""
    return _answer(request, 403, "forbidden", _("This page has gone stale: go back and load it again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404; it never says whether the record exists for somebody else."""
    return _answer(request, 404, "not_found", _("There is no such page."))


def too_many_requests(request: HttpRequest) -> HttpResponseBase:
    """429 of allauth's limits, which do not say how long to wait: the longest are an hour, but for mails 5 minutes."""
    sentence = _(
        "You have tried too often. Nothing was changed. Try again in 5 minutes, or in an hour for another email."
    )
    return _answer(request, 429, "too_many", sentence)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500; what happened stands in the log only."""
    return _answer(
        request,
        500,
        "server_error",
        _("Something went wrong on our side. Look at the record before you try again."),
    )


def _answer(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponseBase:
    if request.path.startswith(CHANNELS):
        return JsonResponse({"errors": [Problem(code, sentence).as_json()]}, status=status)
    # A middleware may have failed before the request knew its person.
    known = request if status < 500 and hasattr(request, "user") else None
    template = "400.html" if status == 413 else f"{status}.html"
    try:
        return HttpResponse(loader.render_to_string(template, {"sentence": sentence}, known), status=status)
    except TemplateDoesNotExist:
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
