"""Brings locale/ in line with the code: `make messages`. It reads the sources as makemessages does, in Python alone.

New texts are added without a translation, those that are gone are taken out, the rest stays as it is. A file
is sorted and has no dates, so that it changes only where a text does.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

HOME = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh_Hans", "zh_Hant")
APPS = (
    "accounts",
    "access_log",
    "batches",
    "config",
    "inventory",
    "messaging",
    "notifications",
    "orders",
    "payments",
    "refunds",
    "reports",
)
LAZY = {f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")}
KEYWORDS = {**DEFAULT_KEYWORDS, **LAZY, "gettext_noop": None}
HEADER = """\
# Chinese of Shipby; its words are explained in docs/translating.md.
msgid ""
msgstr ""
"Project-Id-Version: Shipby\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def main() -> int:
    """Update every language; 1 while a text has no translation."""
    texts = extracted()
    waiting = 0
    for language in LANGUAGES:
        catalog = updated(language, texts)
        write(language, catalog)
        missing = [message for message in catalog if message.id and not any(strings(message))]
        waiting += len(missing)
        print(f"{language}: {len(catalog)} texts, {len(missing)} without a translation")
    return 1 if waiting else 0


def extracted(home: Path = HOME) -> Catalog:
    """Every text that the code and the templates mark for translation."""
    catalog = Catalog()
    for path in sources(home):
        for _line, text, _comments, context in _marked(path):
            catalog.add(text, context=context)
    return catalog


def sources(home: Path) -> Iterator[Path]:
    """The apps' modules, and the templates."""
    for app in APPS:
        yield from sorted(path for path in (home / app).rglob("*.py") if "migrations" not in path.parts)
    yield from sorted(path for path in (home / "templates").rglob("*") if path.is_file())


def _marked(path: Path) -> Iterator[tuple]:
    source = path.read_text()
    if path.suffix != ".py":
        # What is left of a template are calls amid crosses; unindented, they read as Python.
        source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    return extract("python", BytesIO(source.encode()), keywords=KEYWORDS)


def file(language: str) -> Path:
    return HOME / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The language's file; empty where there is none yet."""
    path = file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(language: str, texts: Catalog) -> Catalog:
    """The translations that there are, of the texts that there are."""
    catalog = read(language)
    catalog.update(texts, no_fuzzy_matching=True)
    return catalog


def strings(message) -> tuple[str, ...]:
    """The translation, one string or several."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def written(language: str, catalog: Catalog) -> bytes:
    """The catalog as its file holds it."""
    body = BytesIO()
    write_po(
        body, catalog, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
    )
    return HEADER.format(language=language).encode() + body.getvalue()


def write(language: str, catalog: Catalog) -> None:
    path = file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(language, catalog))


if __name__ == "__main__":
    sys.exit(main())
