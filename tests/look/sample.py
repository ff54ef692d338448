"""What the components are shown with: one page that holds each of them."""

from datetime import UTC, datetime
from typing import Any

from django import forms

MOMENT = datetime(2026, 11, 20, 17, 14, tzinfo=UTC)
STATES = ["pending", "unshipped", "partially_shipped", "shipped", "canceled"]
WARNINGS = ["late", "about_to_cancel", "cancel_requested", "window_open"]


class ShipmentForm(forms.Form):
    """One field of each kind of control."""

    carrier = forms.ChoiceField(choices=[("ups", "UPS"), ("other", "Other")])
    carrier_name = forms.CharField(help_text="Needed when the carrier is Other.")
    tracking = forms.CharField(required=False, label="Tracking number")
    ship_date = forms.DateField(widget=forms.DateInput(attrs={"type": "date", "class": "control-date"}))
    memo = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), required=False, label="Note to the buyer"
    )
    service = forms.ChoiceField(choices=[("std", "Standard"), ("exp", "Expedited")], widget=forms.RadioSelect)
    notify = forms.BooleanField(required=False, label="Tell the buyer", help_text="By e-mail, at once.")


def _row(state: str, word: str, left: str, *, urgency: str = "", late: bool = False) -> dict[str, Any]:
    return {
        "number": f"114-39416{len(word):02}-8772232",
        "title": "Stainless steel water bottle, 750 ml, with a lid that does not leak",
        "sku": "BTL-750-BLUE",
        "buyer": "王小明" if late else "Maria Fernandez",
        "state": state,
        "word": word,
        "left": left,
        "urgency": urgency,
        "also": late,
    }


def context() -> dict[str, Any]:
    """Everything that the page of components reads."""
    return {
        "moment": MOMENT,
        "soon": datetime(2099, 1, 1, tzinfo=UTC),
        "states": STATES + WARNINGS,
        "tabs": [
            {"url": "#p", "label": "Pending", "count": "12"},
            {"url": "#u", "label": "Unshipped", "count": "1,204", "current": True},
            {"url": "#s", "label": "Shipped", "count": "48,310"},
            {"url": "#c", "label": "Canceled", "count": "0"},
        ],
        "rows": [
            _row("pending", "Pending", "–"),
            _row("unshipped", "Unshipped", "1d 4h"),
            _row("unshipped", "Unshipped", "3h 12m", urgency="is-urgent"),
            _row("partially_shipped", "Partially shipped", "Late", urgency="is-past", late=True),
            _row("shipped", "Shipped", "–"),
            _row("canceled", "Canceled", "–"),
        ],
        "pager": {"summary": "1–50 of 1,204", "next_url": "#n", "last_url": "#l"},
        "bars": [
            {"label": f"Nov {day}", "tick": day if day % 2 else "", "value": 300 + day * 97, "text": "$9"}
            for day in range(8, 22)
        ],
        "top": 2400,
        "form": ShipmentForm({"carrier": "other", "ship_date": "2026-11-21"}),
        "sums": [
            {"label": "Items", "value": "$42.00"},
            {"label": "Shipping", "value": "$6.20"},
            {"label": "Order total", "value": "$48.20", "total": True},
        ],
        "entries": [
            {"tone": "good", "text": "Buyer charged $48.20", "when": MOMENT, "meta": "system"},
            {
                "tone": "info",
                "text": "1 of 3 units confirmed",
                "when": MOMENT,
                "meta": "Alice",
            },
            {"text": "Order placed", "when": MOMENT, "meta": "Example.com"},
        ],
    }
