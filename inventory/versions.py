"""Two versions of a listing beside each other, for whoever made an edit on a stale page (I2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.money import Money, MoneyError
from inventory import sentences
from inventory.forms.listing import SeenForm
from inventory.models import Listing
from inventory.refusals import StaleListing


@dataclass(frozen=True)
class Difference:
    """A field as it was seen, as it was to become, and as it is now."""

    name: str
    label: str
    seen: str
    mine: str
    now: str

    @property
    def is_other(self) -> bool:
        """Somebody has changed it since the page was made."""
        return self.seen != self.now


@dataclass(frozen=True)
class Conflict:
    """All fields of the form, and what explains that they are no longer as they were seen."""

    differences: Sequence[Difference]
    cause: str


def conflict(stale: StaleListing, form: SeenForm, zone: str) -> Conflict:
    """Both versions side by side, and the latest change."""
    listing = stale.listing
    found = [_difference(name, form, listing) for name in form.edited]
    return Conflict(found, sentences.cause(stale.cause, listing, zone))


def hidden(listing: Listing, form: SeenForm) -> dict[str, Any]:
    """What a form made from the listing as it is now keeps of it: the version, and what was seen."""
    seen = {f"seen_{name}": plain(name, getattr(listing, name), listing.currency) for name in form.edited}
    return {"version": listing.version, **seen}


def _difference(name: str, form: SeenForm, listing: Listing) -> Difference:
    now = getattr(listing, name)
    return Difference(
        name=name,
        label=str(sentences.LABELS[name]),
        seen=_read(name, form.seen[name], listing.currency),
        mine=sentences.value(name, form.cleaned_data[name], listing.currency),
        now=sentences.value(name, now, listing.currency),
    )


def plain(name: str, content: Any, currency: str) -> str:
    """As the page's hidden fields keep it."""
    return Money(content, currency).plain if name == "price" else str(content)


def _read(name: str, text: str, currency: str) -> str:
    """What a hidden field kept, as a person reads it; as it stands where somebody wrote into it."""
    try:
        if name == "price":
            return str(Money.parse(text, currency))
        return text if name == "title" else sentences.value(name, int(text), currency)
    except (MoneyError, ValueError):
        return text
