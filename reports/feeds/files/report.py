"""The processing report of a feed, written and read as the trade does (formats of the trade, 1.7 and 2.2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from reports.feeds.files import codes, xml_stream
from reports.feeds.files.formulas import defused, one_line, plain
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import FeedRow, Problem, Unreadable
from reports.feeds.files.xml_stream import Node

SUMMARY = "Feed Processing Summary:"
PROCESSED, SUCCESSFUL = "Number of records processed", "Number of records successful"
OF_STOCK = ("original-record-number", "sku", "error-code", "error-type", "error-message")
OF_ORDERS = (
    "original-record-number",
    "order-id",
    "order-item-id",
    "error-code",
    "error-type",
    "error-message",
)
ERROR, WARNING = "Error", "Warning"
REPORT_DEPTH = 4


@dataclass(frozen=True)
class Totals:
    """How many rows there were, how many were taken, and how many have something said about them."""

    processed: int
    successful: int
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class Entry:
    """What is said of one row; of the file as a whole where `number` is 0."""

    number: int
    code: str
    sentence: str
    is_warning: bool = False
    sku: str = ""
    order_id: str = ""
    order_item_id: str = ""
    message: str = ""

    @classmethod
    def of(cls, problem: Problem, row: FeedRow | None = None, *, is_warning: bool = False) -> "Entry":
        """A problem of a row, or of the file; the sentence begins with the column unless it names it."""
        named = problem.column and problem.column not in problem.sentence
        sentence = f"{problem.column}: {problem.sentence}" if named else problem.sentence
        if row is None:
            return cls(0, problem.code, sentence, is_warning)
        item = row["order-item-id"] or row["amazon-order-item-code"]
        about = (row["sku"], row["order-id"], item, row.message)
        return cls(row.number, problem.code, sentence, is_warning, *about)

    @property
    def type(self) -> str:
        return WARNING if self.is_warning else ERROR


@dataclass(frozen=True)
class Report:
    """A processing report that was read."""

    totals: Totals
    entries: list[Entry]


def write_text(kind: str, totals: Totals, entries: Iterable[Entry], out: TextIO) -> None:
    """The summary, an empty line, and a row for each entry. Cells that a spreadsheet would calculate begin with '."""
    out.write(f"{SUMMARY}\n\t{PROCESSED}\t\t{totals.processed}\n\t{SUCCESSFUL}\t\t{totals.successful}\n\n")
    columns = OF_STOCK if kind == FeedKind.STOCK else OF_ORDERS
    out.write("\t".join(columns) + "\n")
    for entry in entries:
        about = (entry.sku,) if kind == FeedKind.STOCK else (entry.order_id, entry.order_item_id)
        cells = (str(entry.number), *about, entry.code, entry.type, entry.sentence)
        out.write("\t".join(defused(cell) for cell in cells) + "\n")


def write_xml(
    totals: Totals, entries: Iterable[Entry], out: TextIO, *, transaction: str, merchant: str
) -> None:
    """The same as a ProcessingReport; `transaction` names the feed, `merchant` whose it is."""
    out.write(xml_stream.OPENING)
    out.write(
        f"<Header><DocumentVersion>1.02</DocumentVersion>{_tag('MerchantIdentifier', merchant)}</Header>\n"
    )
    out.write(
        "<MessageType>ProcessingReport</MessageType>\n<Message><MessageID>1</MessageID><ProcessingReport>\n"
    )
    out.write(f"{_tag('DocumentTransactionID', transaction)}<StatusCode>Complete</StatusCode>\n")
    figures = (totals.processed, totals.successful, totals.errors, totals.warnings)
    names = ("MessagesProcessed", "MessagesSuccessful", "MessagesWithError", "MessagesWithWarning")
    told = "".join(_tag(name, str(figure)) for name, figure in zip(names, figures, strict=True))
    out.write(f"<ProcessingSummary>{told}</ProcessingSummary>\n")
    for entry in entries:
        out.write(f"<Result>{_result(entry)}</Result>\n")
    out.write("</ProcessingReport></Message>\n</AmazonEnvelope>\n")


def read(path: Path) -> Report:
    """A report as it was written above, text or XML. Raises Unreadable for any other file."""
    with path.open("rb") as file:
        start = file.read(1024)
    return _read_xml(path) if xml_stream.is_xml(start) else _read_text(path)


def _result(entry: Entry) -> str:
    about = (
        ("SKU", entry.sku),
        ("AmazonOrderID", entry.order_id),
        ("AmazonOrderItemCode", entry.order_item_id),
    )
    told = "".join(_tag(name, value) for name, value in about if value)
    return (
        _tag("MessageID", entry.message or str(entry.number))
        + _tag("ResultCode", entry.type)
        + _tag("ResultMessageCode", entry.code)
        + _tag("ResultDescription", entry.sentence)
        + (f"<AdditionalInfo>{told}</AdditionalInfo>" if told else "")
    )


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(one_line(text))}</{name}>"


def _no_report() -> Unreadable:
    return Unreadable(_("This is no processing report."), codes.NO_HEADER)


def _read_text(path: Path) -> Report:
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            lines = (line.rstrip("\n") for line in file)
            if not next(lines, "").strip().lower().startswith("feed processing summary"):
                raise _no_report()
            processed, successful = (_figure(next(lines, "")) for _name in (PROCESSED, SUCCESSFUL))
            entries = list(_entries(lines))
    except UnicodeDecodeError:
        raise _no_report() from None
    return Report(_totals(processed, successful, entries), entries)


def _figure(line: str) -> int:
    last = line.rsplit("\t", maxsplit=1)[-1].strip()
    if not (last.isascii() and last.isdigit() and len(last) < 10):
        raise _no_report()
    return int(last)


def _entries(lines: Iterator[str]) -> Iterator[Entry]:
    """The rows below the header; both may be missing when there was nothing to say."""
    header = next((line for line in lines if line.strip()), "").split("\t")
    for line in lines:
        cells = dict(zip(header, map(plain, line.split("\t")), strict=False))
        number = cells.get("original-record-number", "")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise _no_report()
        yield Entry(
            number=int(number),
            code=cells.get("error-code", ""),
            sentence=cells.get("error-message", ""),
            is_warning=cells.get("error-type") == WARNING,
            sku=cells.get("sku", ""),
            order_id=cells.get("order-id", ""),
            order_item_id=cells.get("order-item-id", ""),
        )


def _totals(processed: int, successful: int, entries: list[Entry]) -> Totals:
    """With the rows of each sort counted, as text does not say them."""
    errors = {entry.number for entry in entries if entry.number and not entry.is_warning}
    warnings = {entry.number for entry in entries if entry.number and entry.is_warning}
    return Totals(processed, successful, len(errors), len(warnings - errors))


def _read_xml(path: Path) -> Report:
    totals: Totals | None = None
    entries = []
    for node in xml_stream.elements(path, "utf-8", REPORT_DEPTH):
        if node.name == "ProcessingSummary":
            totals = Totals(*[_figure(child.text) for child in node.children])
        elif node.name == "Result":
            entries.append(_read_result(node))
    if totals is None:
        raise _no_report()
    return Report(totals, entries)


def _read_result(node: Node) -> Entry:
    info = next(iter(node.all("AdditionalInfo")), Node("AdditionalInfo"))
    number = node.value("MessageID")
    return Entry(
        number=int(number) if number.isascii() and number.isdigit() else 0,
        code=node.value("ResultMessageCode"),
        sentence=node.value("ResultDescription"),
        is_warning=node.value("ResultCode") == WARNING,
        sku=info.value("SKU"),
        order_id=info.value("AmazonOrderID"),
        order_item_id=info.value("AmazonOrderItemCode"),
        message=number,
    )
