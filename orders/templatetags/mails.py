"""What the text of a mail needs of its template."""

from django import template

from orders import mails

register = template.Library()
register.filter("one_line", mails.one_line)


@register.filter
def quoted(words: str) -> str:
    """Each line behind a mark, as mail programs quote somebody else's words."""
    return "\n".join(f"> {line}" for line in words.splitlines())
