"""The words of a mail: whatever encoding it claims, HTML or not, without what it quotes."""

import codecs
import html
import re
from collections.abc import Iterator
from contextlib import suppress

LONGEST = 200_000
"""Characters that are looked at; a message has 2,000."""

LONGEST_HTML = 400_000
MOST_BYTES = 1_000_000
WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
}
"""Each encoding's larger relative, which reads what programs really write under its name."""

READABLE = {
    *WIDER.values(),
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "euc_jp", "koi8-r", "koi8-u", "tis-620", "viscii", "hz"),
    *(f"iso8859-{part}" for part in range(2, 17)),
    *(f"cp125{page}" for page in range(9)),
}
GUESSES = ("utf-8", "gb18030", "big5hkscs", "cp932", "cp1252")
ESCAPES = re.compile(rb"\x1b[$(]")

UNSEEN = re.compile(r"<!--|<!\[|<\?|<(?:script|style|head|title|svg)\b", re.IGNORECASE)
ENDS = {"<!--": "-->", "<![": "]", "<?": ">"}
BLOCKS = (
    *(
        "address",
        "article",
        "blockquote",
        "div",
        "dd",
        "dl",
        "dt",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ),
    *("hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"),
)
QUOTES = (
    "gmail_quote",
    "moz-cite-prefix",
    "yahoo_quoted",
    "divrplyfwdmsg",
    "appendonsend",
    "protonmail_quote",
)

TAG = re.compile(
    r"""<(/?)([a-z][^\s/>]{0,30}+)[^\s/>]*+((?:=\s*+"[^"]*+"|=\s*+'[^']*+'|[^>])*+)>""", re.IGNORECASE
)
"""A tag that ends. No part of it gives back what it took, so that a search needs time by its length alone."""

TAG_BEGINS = re.compile(r"<[/a-z]", re.IGNORECASE)
MARKS = re.compile(r"""(?:class|id)\s*+=\s*+["']?+([^"'>]{0,200}+)""", re.IGNORECASE)
LONGEST_TAG = 4_000
"""Characters of a tag in which its class and id are looked up."""

QUOTE_BEGINS = re.compile(
    r"^[^\S\n]*+(?:"
    r"On\b[^\n]{4,200}(?:\n[^\n]{0,120})?\bwrote\s*:"
    r"|[^\n]{0,80}在[^\n]{2,160}(?:写道|寫道)\s*[:：]"
    r"|[^\n]{2,160}(?:写道|寫道)\s*[:：]\s*$"
    r"|-{2,}\s*(?:Original Message|Forwarded message|原始邮件|原始郵件|原邮件|转发邮件|Ursprüngliche Nachricht|"
    r"Message d'origine|Mensaje original|元のメッセージ)\b[^\n]*"
    r"|(?:发件人|寄件者|寄件人|發件人|差出人)\s*[:：]"
    r"|From:\s[^\n]{3,200}\n\s*(?:Sent|Date|To|Subject):"
    r"|Am\b[^\n]{4,200}\bschrieb\b[^\n]{0,160}:|Le\b[^\n]{4,200}\ba écrit\s*:|El\b[^\n]{4,200}\bescribió\s*:"
    r"|_{20,}\s*$"
    r")",
    re.MULTILINE | re.IGNORECASE,
)
SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
QUOTED_LINE = re.compile(r"^\s*[>＞]")


def decode(content: bytes, charset: str | None) -> str:
    """The text, by the encoding it names where that one reads it, else by the first that does; never raises."""
    named, begins = _known(charset), content[:MOST_BYTES]
    guesses = (["iso2022_jp_ext"] if ESCAPES.search(begins) else []) + list(GUESSES)
    for encoding in [named, *guesses] if named else guesses:
        with suppress(UnicodeError):
            # What is cut may end within a letter.
            return codecs.getincrementaldecoder(encoding)().decode(begins, final=len(begins) == len(content))
    return begins.decode("utf-8", "replace")


def from_html(markup: str) -> str:
    """What a reader would see of it, line by line; nothing is fetched and no address of a link is kept."""
    shown = "".join(_shown(_seen(markup[:LONGEST_HTML])))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\xa0]+", " ", shown))


def own_words(text: str) -> str:
    """The text without the mail that it answers, and without its signature."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    for begins in (QUOTE_BEGINS, SIGNATURE):
        if found := begins.search(text):
            text = text[: found.start()]
    lines = (line for line in text.split("\n") if not QUOTED_LINE.match(line))
    return "\n".join(line.rstrip() for line in lines).strip()


def _seen(markup: str) -> str:
    """The markup without comments, scripts and styles; one that never ends takes the rest along."""
    small, kept, at = markup.lower(), [], 0
    while found := UNSEEN.search(small, at):
        kept.append(markup[at : found.start()])
        ends = ENDS.get(found[0], f"</{found[0][1:]}")
        end = small.find(ends, found.end())
        if end < 0 or len(small) != len(markup):
            return " ".join(kept)
        at = end + len(ends)
    return " ".join([*kept, markup[at:]])


def _known(charset: str | None) -> str | None:
    """The codec of a named encoding; None for what is none, or is no encoding of mails."""
    with suppress(LookupError, ValueError, UnicodeError):
        name = codecs.lookup((charset or "")[:40].strip(" \"'")).name
        name = WIDER.get(name, name)
        return name if name in READABLE else None
    return None


def _shown(markup: str) -> Iterator[str]:
    """Yield the words that are shown, up to where a mail program begins to quote.

    A tag that never ends takes the rest along, as in a browser. Each character is read a fixed number of times.
    """
    at = quoted = 0
    while begins := TAG_BEGINS.search(markup, at):
        if not quoted:
            yield _unescaped(markup[at : begins.start()])
        tag = TAG.match(markup, begins.start())
        at = tag.end() if tag else markup.find(">", begins.start()) + 1
        if not at:
            return
        if tag is None:
            continue
        ends, name = tag[1], tag[2].lower()
        if not ends and _is_quote(tag[3][:LONGEST_TAG]):
            return
        if name == "blockquote":
            quoted = max(quoted - 1, 0) if ends else quoted + 1
        if not quoted and (name == "br" or name in BLOCKS):
            yield "\n"
    if not quoted:
        yield _unescaped(markup[at:])


def _unescaped(words: str) -> str:
    return html.unescape(words) if words.strip() else " " * bool(words)


def _is_quote(attributes: str) -> bool:
    marks = " ".join(MARKS.findall(attributes)).lower()
    return any(quote in marks for quote in QUOTES)
