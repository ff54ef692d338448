"""Links and e-mail addresses in a folded text, however they are spelled: www., bare, "example dot com"."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

TOP = (
    "com|net|org|info|biz|edu|gov|mil|int|io|cn|hk|tw|jp|kr|uk|de|fr|es|nl|pl|ru|eu|ca|au|br|mx|se|dk|fi|cz|pt|gr|"
    "tr|ua|kz|vn|th|ph|sg|nz|za|ae|sa|il|ir|pk|bd|ch|eg|ng|ke|ar|cl|co|pe|ly|gg|gl|fm|tv|cc|ws|tk|ml|ga|cf|gq|xyz|top|"
    "shop|store|online|site|club|vip|app|dev|page|link|click|live|life|world|today|news|blog|cloud|tech|space|fun|"
    "icu|website|wang|mobi|asia|pro|name|email|mail|chat|social|wiki|agency|company|solutions|group|ltd|buzz|rocks|"
    "taobao|tmall|weixin"
)
WEAK = "am|as|at|be|by|do|id|in|is|it|la|ma|me|my|no|pm|re|so|to|us|va|st|ai|sh|rs|ps|md|py|ie|lt|li|lu|lv|mt"
"""Domains that are also words or endings of files: they count behind www., before a path, or with two dots."""
WIDE = "中国|中國|公司|网络|网址|商城|在线|香港|台灣|台湾|рф"

LABEL = r"[^\W_](?:[^\W_]|-){0,62}"
AHEAD = r"(?![A-Za-z0-9-])"
PATH = r"(?:[:/?#][^\s<>\"'，。；！？、（）()]*)?"
AND = r"\s{0,3}"
DOT = rf"(?:{AND}(?:\[{AND}\.{AND}\]|\({AND}\.{AND}\)|\{{{AND}\.{AND}\}}|[\[({{<]{AND}(?:dot|点|點){AND}[\])}}>])"
DOT += rf"{AND}|\s{{1,3}}(?:dot|d0t|punkt|punto){AND}\s|{AND}[点點]{AND})"
SPACED = r"(?:\s{1,2}\.\s{0,2}|\s{0,2}\.\s{1,2})"
FIRST = "com|net|org|cn|co|io|info|shop|store|xyz|top"

SCHEME = re.compile(
    r"(?:h(?:tt|xx)ps?|ftp)\s{0,2}:\s{0,2}/{1,2}[^\s<>\"'，。；！？、）]*|//[\w-]{1,63}\.[^\s<>\"'，。]*",
    re.I,
)
ODD_SCHEME = re.compile(
    r"\b(?:javascript|data|vbscript|mailto|tel|sms|whatsapp|tg|weixin|skype)\s{0,2}:\s{0,2}(?=[^\s])"
    r"[/?%\w(+][^\s<>\"']*",
    re.I,
)
WWW = re.compile(rf"(?<![\w.])www\d?{AND}\.{AND}[^\s<>\"'，。；！？、）]{{2,}}", re.I)
BARE = re.compile(rf"(?<![\w@./-])(?:{LABEL}\.){{1,6}}(?:{TOP}|{WIDE}){AHEAD}{PATH}", re.I)
WEAK_WITH_PATH = re.compile(rf"(?<![\w@./-])(?:{LABEL}\.){{1,6}}(?:{WEAK})/[\w@+?=%-]+[^\s<>\"']*", re.I)
WEAK_TWO_DOTS = re.compile(
    rf"(?<![\w@./-])(?:{LABEL}\.)(?:co|com|net|org|gov|ac)\.(?:{WEAK}){AHEAD}{PATH}", re.I
)
DOTTED = re.compile(rf"(?<![\w@./-]){LABEL}(?:{DOT}{LABEL}){{0,3}}{DOT}(?:{FIRST}){AHEAD}{PATH}", re.I)
APART = re.compile(rf"(?<![\w@./-])[a-z0-9][a-z0-9-]{{1,62}}{SPACED}(?:com|net|org){AHEAD}{PATH}", re.I)
NUMERIC = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{2,5})?/[\w%?=-]+|(?<![\w.])localhost[:/]\S+", re.I
)
LINKS = (SCHEME, ODD_SCHEME, WWW, BARE, WEAK_WITH_PATH, WEAK_TWO_DOTS, DOTTED, APART, NUMERIC)

LOCAL = r"[\w.+-]{1,64}"
AT = rf"{AND}(?:@|[\[({{<]{AND}(?:at|@|#){AND}[\])}}>]){AND}"
AT_WORD = r"\s{1,3}(?:at|a t|AT|艾特|arroba)\s{1,3}"
HOST = rf"(?:{LABEL}(?:\.|{DOT}|\s{{1,2}}\.\s{{0,2}})){{1,5}}[^\W\d_]{{2,63}}"
DOTTED_HOST = rf"{LABEL}(?:(?:\.|{DOT}){LABEL}){{0,3}}(?:\.|{DOT})(?:{FIRST}){AHEAD}"
ADDRESS = re.compile(rf"(?<![\w.+-]){LOCAL}{AT}{HOST}", re.I)
ADDRESS_IN_WORDS = re.compile(rf"(?<![\w.+-]){LOCAL}{AT_WORD}{DOTTED_HOST}", re.I)
QUOTED = re.compile(r"\"[^\"\s]{1,64}\"@[\w.-]{3,}")

Span = tuple[int, int]


def addresses(text: str, allowed: Collection[str], hosts: Collection[str]) -> Iterator[Span]:
    """E-mail addresses, but those that may be named and those of the relay."""
    for pattern in (ADDRESS, ADDRESS_IN_WORDS, QUOTED):
        for match in pattern.finditer(text):
            address = re.sub(r"\s", "", match[0]).rstrip(".").casefold()
            if address not in allowed and address.rpartition("@")[2] not in hosts:
                yield match.start(), match.start() + len(match[0].rstrip(". "))


def links(text: str, allowed: Collection[str], hosts: Collection[str]) -> Iterator[Span]:
    """Links that lead out; what is part of an address that may be named is none."""
    named = [match.span() for match in ADDRESS.finditer(text) if match[0].rstrip(".").casefold() in allowed]
    for pattern in LINKS:
        for match in pattern.finditer(text):
            is_named = any(start <= match.start() < end for start, end in named)
            if not is_named and not _is_sentence(match, pattern) and not _is_ours(match[0], hosts):
                yield match.start(), match.start() + len(match[0].rstrip(".,;:!?)"))


def _is_ours(link: str, hosts: Collection[str]) -> bool:
    """A link to the portal itself, spelled plainly: no user, no backslash, nothing that a browser reads otherwise."""
    if any(letter in link for letter in "\\@ \t\n"):
        return False
    whole = link if "://" in link else f"https://{link.lstrip('/')}"
    try:
        parts = urlsplit(whole)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and (host or "").rstrip(".") in hosts


def _is_sentence(match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """A full stop without a blank behind it: "It has arrived.Pro" begins a sentence, "shop.pro" does not."""
    if pattern is not BARE:
        return False
    last = re.split(r"[:/?#]", match[0], maxsplit=1)[0].rpartition(".")[2]
    return last[:1].isupper() and not last.isupper() and match[0][:1].islower()
