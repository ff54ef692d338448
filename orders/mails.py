"""A mail as its reader sees it, before anything is sent: subject, plain text and HTML, in the reader's language.

Most mails are a `Letter`: the same few parts, so that the text and the HTML of a mail never tell two stories.
What needs a page of its own is `render(kind, …)`, from `templates/emails/<kind>.txt`, whose first line is the
subject, and `.html`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation


@dataclass(frozen=True)
class Mail:
    """What a mail program shows; the subject is one line whatever it was made of."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Fact:
    """A name and its value: "Order", "701-…"."""

    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """Some facts under a name of their own, with a page of theirs: one entry of a digest."""

    heading: str
    body: str = ""
    url: str = ""


@dataclass(frozen=True)
class Letter:
    """The parts of a mail, in words that are already its reader's.

    `quote` are somebody else's words, shown as such; `foot` says why this mail came, `foot_url` how to stop it.
    """

    subject: str
    heading: str
    paragraphs: Sequence[str] = ()
    quote: str = ""
    quote_from: str = ""
    facts: Sequence[Fact] = ()
    items: Sequence[str] = ()
    parts: Sequence[Part] = ()
    button: str = ""
    url: str = ""
    foot: str = ""
    foot_link: str = ""
    foot_url: str = ""
    sender: str = ""


def write(letter: Callable[[], Letter], language: str) -> Mail:
    """The mail that a letter makes; it is written while its reader's language is the active one."""
    with translation.override(language):
        return _render("letter", {"letter": letter()})


def render(kind: str, language: str, context: Mapping[str, Any]) -> Mail:
    """The mail of templates/emails/<kind>.txt and .html, in that language."""
    with translation.override(language):
        return _render(kind, context)


def one_line(words: object) -> str:
    """The words on one line and without control characters: a line break in a name would start another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())


def _render(kind: str, context: Mapping[str, Any]) -> Mail:
    text = render_to_string(f"emails/{kind}.txt", dict(context)).strip()
    subject, _break, body = text.partition("\n")
    html = render_to_string(f"emails/{kind}.html", {**context, "subject": one_line(subject)})
    return Mail(one_line(subject), f"{body.strip()}\n", html)
