"""Feeds: the upload, the list of uploads, a feed's page and what can be done with it (F5)."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.rights import SellerRequest, View, requires
from batches import results
from batches.views.batch import told
from reports.feeds import desk, kinds, operations
from reports.feeds.files import templates
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.reading import MOST_BYTES
from reports.feeds.models import Feed
from reports.feeds.refusals import Refused, SameFile
from reports.forms.feeds import UploadForm

PANEL = "feed"
AROUND = 64 * 1024
"""Bytes of an upload that are not the file's."""

ANY = tuple(dict.fromkeys(kinds.RIGHTS.values()))
any_right = requires(*ANY)


def of_feed(*methods: str) -> Callable[[View], View]:
    """Hand a view the seller's feed, for a member who may do what its rows do."""

    def decorate(view: View) -> View:
        @any_right
        @wraps(view)
        def guarded(request: SellerRequest, key: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
            found = desk.find(request.seller, key)
            if found and not desk.may(found, request.membership):
                words = {"right": kinds.RIGHTS[FeedKind(found.kind)].label}
                raise PermissionDenied(_("You do not have the right “%(right)s” here.") % words)
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            if found is None:
                raise Http404
            return view(request, found, **kwargs)

        return guarded

    return decorate


show, act = of_feed("GET", "HEAD"), of_feed("POST")


@any_right
@require_safe
def listing(request: SellerRequest) -> HttpResponse:
    """The uploads, with the form for one more."""
    return _page(request, UploadForm(initial={"key": uuid.uuid4()}, offered=_offered(request)))


@any_right
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: SellerRequest) -> HttpResponseBase:
    """Hand a file in. What is too large is refused before a byte of it is read."""
    if request.method != "POST":
        return redirect("feeds:list")
    if _length(request) > MOST_BYTES + AROUND:
        form = UploadForm({"key": uuid.uuid4()}, offered=_offered(request))
        form.full_clean()
        form.errors["file"] = form.error_class(
            [_("The file is larger than %(limit)d MB. Send it in parts.") % {"limit": MOST_BYTES // 1024**2}]
        )
        return _page(request, form, status=422)
    return _take(request)


# The token stands in the body, which is not to be read before its size is known.
upload = csrf_exempt(take)


@csrf_protect
def _take(request: SellerRequest) -> HttpResponseBase:
    form = UploadForm(request.POST, request.FILES, offered=_offered(request))
    if not form.is_valid():
        return _page(request, form, status=422)
    return _upload(request, form)


def _upload(request: SellerRequest, form: UploadForm) -> HttpResponseBase:
    asked: dict[str, Any] = {name: form.cleaned_data[name] for name in ("key", "kind", "is_at_once")}
    asked |= {"user": request.user, "may": request.membership.may}
    try:
        feed = operations.upload(request.seller, form.cleaned_data["file"], **asked, now=clock.now())
    except SameFile as refusal:
        messages.warning(request, str(refusal))
        return redirect("feeds:feed", refusal.first.key)
    except Refused as refusal:
        form.add_error("file", str(refusal))
        # Another file with the old form's key would be refused as stale.
        form.data = {**request.POST.dict(), "key": str(uuid.uuid4())}
        return _page(request, form, status=422)
    return redirect("feeds:feed", feed.key)


@show
@vary_on_headers("HX-Request", "HX-Target")
def feed(request: SellerRequest, found: Feed) -> HttpResponse:
    """How far it is and what became of each row; asks for itself again until it is over."""
    batch = desk.results_of(found)
    context: dict[str, Any] = {
        "feed": found,
        "stage": found.stage,
        "tone": desk.tone(found),
        "sentence": desk.sentence(found),
        "awaited": desk.awaited(found),
        "facts": desk.facts(found),
        "zone": request.seller.marketplace.time_zone,
    }
    if batch:
        context |= told(batch) | results.context(batch, results.question(batch, request.GET))
    page = "feeds/feed.html"
    return render(request, f"{page}#{PANEL}" if request.htmx.target == PANEL else page, context)


@act
def process(request: SellerRequest, found: Feed) -> HttpResponse:
    """Do the rows of a feed that was checked; asked twice it is done once."""
    return _ask(request, found, operations.process)


@act
def again(request: SellerRequest, found: Feed) -> HttpResponse:
    """Go on with the rows that were not done; asked twice it is done once."""
    return _ask(request, found, operations.again)


def _ask(request: SellerRequest, found: Feed, operation: Callable[..., Feed]) -> HttpResponse:
    """Have the rows done by a worker, or read why not."""
    try:
        operation(found, user=request.user, now=clock.now())
    except SameFile as refusal:
        messages.warning(request, str(refusal))
        return redirect("feeds:feed", refusal.first.key)
    except Refused as refusal:
        messages.info(request, str(refusal))
    return redirect("feeds:feed", found.key)


@act
def stop(request: SellerRequest, found: Feed) -> HttpResponse:
    """Begin no further row."""
    operations.stop(found, now=clock.now())
    messages.info(request, _("No further row is begun. What was done stays done."))
    return redirect("feeds:feed", found.key)


def _page(request: SellerRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    offered = _offered(request)
    page = desk.page(request.seller, offered, desk.turn(request.GET))
    context = {
        "form": form,
        "rows": desk.rows(page.rows, request.seller.marketplace.time_zone),
        "pager": desk.pager(page),
        "templates": _templates(offered),
        "zone": request.seller.marketplace.time_zone,
    }
    return render(request, "feeds/list.html", context, status=status)


def _offered(request: SellerRequest) -> list[FeedKind]:
    """The kinds whose rows the member may do."""
    return [kind for kind, right in kinds.RIGHTS.items() if request.membership.may(right)]


def _templates(offered: list[FeedKind]) -> list[tuple[str, list[str]]]:
    """The blank files of each kind, by their names."""
    names = {kind: [name for name, each in templates.ALL.items() if each.kind == kind] for kind in offered}
    return [(str(kind.label), found) for kind, found in names.items()]


def _length(request: SellerRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
