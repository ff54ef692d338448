"""Documents as PDF: the paper of a country, and what a document may fetch."""

from collections.abc import Iterable

import segno
import weasyprint
from weasyprint.urls import URLFetcher

LETTER = ("US", "CA", "MX", "CL", "CO", "VE", "PH", "PR", "GT", "CR")


def size(country: str) -> str:
    """The paper in the printers of that country, as CSS names it."""
    return "letter" if country in LETTER else "A4"


def pdf(page: str) -> bytes:
    """The page as a document, which holds all that it shows: it can fetch no file and no address (D11)."""
    document: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher()).write_pdf()
    return document


def pdf_of_many(pages: Iterable[str]) -> bytes:
    """One document of many, each on sheets of its own that are counted by themselves. All of it is held in memory."""
    found = [weasyprint.HTML(string=page, url_fetcher=fetcher()).render() for page in pages]
    sheets = [sheet for document in found for sheet in document.pages]
    together: bytes = found[0].copy(sheets).write_pdf()
    return together


def fetcher() -> URLFetcher:
    """No file of this machine and no address can be drawn into a document."""
    return URLFetcher(allowed_protocols=("data",))


def code(text: str) -> str:
    """A QR code as a data: address, for whoever scans the paper."""
    uri: str = segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=0)
    return uri
