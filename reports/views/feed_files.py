"""The files around feeds, as downloads and nothing else: blank ones, a feed's own, its report, what is to be mended."""

import io
import tempfile
from collections.abc import Iterator

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.rights import SellerRequest
from reports.feeds import desk, processing_report, refused_rows
from reports.feeds.files import templates
from reports.feeds.files.kinds import FeedFormat
from reports.feeds.models import Feed
from reports.views.feeds import any_right, show

TEXT, XML = "text/tab-separated-values; charset=utf-8", "application/xml; charset=utf-8"
FORMATS = {"txt": (FeedFormat.TEXT, TEXT), "xml": (FeedFormat.XML, XML)}


@any_right
@require_safe
def template(request: SellerRequest, name: str) -> HttpResponseBase:
    """A blank file to fill in."""
    if name not in templates.ALL:
        raise Http404
    kind = TEXT if name.endswith(".txt") else XML
    return _download(HttpResponse(templates.ALL[name].content(), content_type=kind), name)


@show
def report(request: SellerRequest, feed: Feed, ending: str) -> HttpResponseBase:
    """The processing report; of a dry run what it found."""
    if ending not in FORMATS:
        raise Http404
    format, kind = FORMATS[ending]  # noqa: A001 - the word of the trade
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    out = io.TextIOWrapper(kept, encoding="utf-8", newline="", write_through=True)
    processing_report.write(feed, format, out)
    out.detach()
    kept.seek(0)
    return _download(FileResponse(kept, content_type=kind), f"processing-report-{feed.pk}.{ending}")


@show
def mend(request: SellerRequest, feed: Feed) -> HttpResponseBase:
    """The rows that were not done, to mend and to send again."""
    batch = desk.results_of(feed)
    if batch is None:
        return redirect("feeds:feed", feed.key)
    return _download(
        StreamingHttpResponse(_encoded(refused_rows.lines(batch, feed.kind)), content_type=TEXT),
        refused_rows.name(feed.kind),
    )


@show
def file(request: SellerRequest, feed: Feed) -> HttpResponseBase:
    """The file as it was handed in."""
    try:
        kept = feed.file.open("rb")
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    return _download(FileResponse(kept, content_type="application/octet-stream"), feed.name)


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    for line in lines:
        yield line.encode()


def _download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """No browser is to show it or to run it, and none keeps it."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
