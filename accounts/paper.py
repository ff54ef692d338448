"""Documents as PDF: the paper of a country, and what a document may fetch."""

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


def fetcher() -> URLFetcher:
    """No file of this machine and no address can be drawn into a document."""
    return URLFetcher(allowed_protocols=("data",))


def code(text: str) -> str:
    """A QR code as a data: address, for whoever scans the paper."""
    uri: str = segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=0)
    return uri
