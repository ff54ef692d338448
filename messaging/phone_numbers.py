"""Phone numbers in a folded text, told from order, parcel and article numbers, dates and prices.

What looks like a number of another kind is taken out first; then a number counts as a phone's by its shape (an
international prefix, groups as phones have them, a mobile's length) or by the words before it.
"""

import re
from collections.abc import Collection, Iterator

Span = tuple[int, int]

CALL = (
    r"tel(?:e?phone|efon|efono|\.)?|phone|call|mobile|cell|handy|fax|whats\s?app|viber|telegram|signal|we\s?chat|wx|vx|qq|"
    r"sms|text|dial|ring|contact|line\s?id|zalo|电话|電話|手机|手機|致电|致電|拨打|撥打|打给|打給|联系|聯繫|聯絡|联络|微信|"
    r"加微|扣扣|热线|熱線|座机"
)
OTHER = (
    r"order|tracking|track|waybill|awb|shipment|parcel|package|consignment|ref|reference|invoice|sku|item|part|model|"
    r"serial|s/n|sn|isbn|ean|upc|gtin|asin|rma|return|case|ticket|batch|lot|customs|hs|vat|eori|article|listing|dhl|"
    r"ups|usps|fedex|订单|訂單|单号|單號|运单|運單|快递|快遞|物流|编号|編號|型号|型號|货号|貨號|发票|發票|序列|批号|税号|"
    r"bestell\w*|sendung\w*|commande|suivi|pedido|seguimiento|注文|追跡"
)
HINT = re.compile(rf"(?<![a-z])(?:(?P<call>{CALL})|(?P<other>{OTHER}))", re.I)
REACH = 40
NEAR = 24
MOST_GROUPS = 5
SHORTEST = 10

WORD = "(?:zero|one|two|three|four|five|six|seven|eight|nine|oh)"
SPOKEN = re.compile(rf"\b{WORD}(?:[\s,.-]{{1,3}}{WORD}){{6,14}}\b", re.I)

MONTH, DAY, YEAR = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12]\\d|3[01])", "(?:19|20)\\d\\d"
AMOUNT = r"(?:\d{1,3}(?:[ ,.']\d{3}){1,3}|\d{1,7})(?:[.,]\d{1,2})?(?![\d])"
CURRENCY = "[$€£¥￥₩₹元]|USD|EUR|GBP|CNY|RMB|JPY|HKD|CAD|AUD"
NOT_PHONES = [
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<!\d)\d{3}-?\d{7}-?\d{7}(?:-R\d{1,3})?(?!\d)",  # order and return numbers
        rf"(?<!\d){YEAR}[-./ ]{MONTH}[-./ ]{DAY}(?!\d)(?:[T ]+\d{{1,2}}:\d\d(?::\d\d)?)?",
        rf"(?<!\d){DAY}[-./]{DAY}[-./](?:{YEAR}|\d\d)(?![\d-])",
        rf"(?<!\d){YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
        r"(?<!\d)\d{1,4}\s?年\s?\d{1,2}\s?月\s?(?:\d{1,2}\s?[日号號])?",
        r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)",
        rf"(?:{CURRENCY})\s?{AMOUNT}",
        rf"(?<![\d+(-]){AMOUNT}\s?(?:{CURRENCY}|块|%|kg|mm|cm|ml|pcs|units)(?![a-z])",
        r"(?<!\d)\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)",
        r"\b1Z[0-9A-Z]{16}\b",
        r"(?-i:\b[A-Z]{2}\s?\d{3}\s?\d{3}\s?\d{3}\s?[A-Z]{2}\b)",
        r"(?<!\d)9[2-5]\d\d(?: ?\d{4}){4,6}(?: ?\d{1,2})?(?!\d)",  # USPS
    )
]
ATTACHED = re.compile(
    r"(?<![A-Za-z0-9-])(?=[A-Za-z0-9-]{0,40}[A-Za-z])(?=[A-Za-z0-9-]{0,40}\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
)
SEPARATOR = r"[ \t.()/~*\u00a0-]"
CANDIDATE = re.compile(rf"(?:\+|(?<!\d)00)?\(?\d(?:{SEPARATOR}{{0,3}}\d){{6,18}}")
SHAPES = [
    re.compile(pattern)
    for pattern in (
        r"1[3-9]\d{9}",  # mobile in China
        r"0\d{8,10}",  # a trunk prefix; twelve digits are an article number
        r"1?[2-9]\d{2}[2-9]\d{6}",  # North America
        r"[6-9]\d{9}",  # mobile in India
    )
]
GROUPED = re.compile(r"\(?0\d{1,4}\)?[ ./-]\d{3,8}(?:[ ./-]\d{2,5})?|\(\d{2,4}\) ?\d{3,4}[ .-]?\d{3,4}")
SPREAD = re.compile(r"(?<!\d)(?:\d[ .*~-]{1,3}){9,14}\d(?!\d)")
CALLING = re.compile(
    rf"(?:{CALL})[^\n\d+(]{{0,{NEAR}}}(?P<number>\+?\(?\d(?:{SEPARATOR}{{0,3}}\d){{5,14}})", re.I
)


def find(text: str, known: Collection[str] = ()) -> Iterator[Span]:
    """Where phone numbers stand; the order's own numbers, given as `known`, are none."""
    yield from (match.span() for match in SPOKEN.finditer(text))
    without = _without(text, known)
    for match in CALLING.finditer(without):
        span = match.span("number")
        if _hint(without, span[0]) != "other":
            yield span
    bare = ATTACHED.sub(_blank, without)
    yield from (match.span() for match in SPREAD.finditer(bare))
    for match in CANDIDATE.finditer(bare):
        if within := _phone_in(match[0], _hint(without, match.start())):
            yield match.start() + within[0], match.start() + within[1]


def _phone_in(numbers: str, hint: str) -> Span | None:
    """The phone number among numbers that stand side by side: all of them, or a few groups."""
    if _is_phone(numbers, hint):
        return 0, len(numbers.rstrip(" ().-/~*"))
    groups = [group.span() for group in re.finditer(r"\+?\(?\d+", numbers)]
    for first in range(len(groups)):
        for last in range(first, min(first + MOST_GROUPS, len(groups))):
            start, end = groups[first][0], groups[last][1]
            if end - start >= SHORTEST and _is_phone(numbers[start:end], hint):
                return start, end
    return None


def _without(text: str, known: Collection[str]) -> str:
    """The text with blanks in place of what is no phone number, so that places stay."""
    for each in sorted({each for each in known if len(each) > 3}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w]){re.escape(each)}(?![\w])", _blank, text, flags=re.I)
    for pattern in NOT_PHONES:
        text = pattern.sub(_blank, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return "\x00" * len(match[0])


def _hint(text: str, start: int) -> str:
    """Which kind of word stands nearest before the number: one of calling, one of other numbers, or none."""
    words = list(HINT.finditer(text, max(0, start - REACH), start))
    return str(words[-1].lastgroup) if words else ""


def _is_phone(number: str, hint: str) -> bool:
    digits = re.sub(r"\D", "", number)
    if number.startswith("+") or (number.startswith("00") and len(digits) >= 11):
        return 8 <= len(digits.removeprefix("00")) <= 15
    if hint == "call":
        return 7 <= len(digits) <= 15
    if hint == "other":
        return False
    return any(shape.fullmatch(digits) for shape in SHAPES) or bool(GROUPED.fullmatch(number.strip()))
