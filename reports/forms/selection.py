"""The orders of a list as a file: those picked, or all that match its question."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Seller, User
from orders.entry.cart import NUMBER
from orders.lists import desk
from orders.lists.desk import Question
from orders.models import Order
from orders.models.saved_view import LONGEST_QUERY
from reports.states import Format

SPACE = uuid.UUID("5b1c6c2e-6a53-4a4c-9f0e-0c6ff6a2a6c1")


class SelectionForm(forms.Form):
    """What the list of orders sends: a format, and `order` again and again, or `all` with the list's `query`."""

    format = forms.ChoiceField(
        choices=[each for each in Format.choices if each[0] != Format.PDF],
        error_messages={"invalid_choice": gettext_lazy("There is no such kind of file.")},
    )
    query = forms.CharField(required=False, max_length=LONGEST_QUERY)
    all = forms.BooleanField(required=False)
    key = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self._is_whole() and not self._numbers():
            raise forms.ValidationError(_("Pick the orders first."))
        return cleaned

    def orders(self, seller: Seller, now: datetime) -> QuerySet[Order]:
        """The seller's own orders that were picked, or that the question matches now."""
        if self._is_whole():
            return desk.matching(Question.read(self.cleaned_data["query"], seller), seller, now)
        return seller.orders.filter(number__in=self._numbers())

    def once(self, seller: Seller, user: User) -> uuid.UUID:
        """The same choice of the same page is the same report; a page that was made again asks anew.

        The page of a list may be sent with other rows, too: what was chosen is part of the key.
        """
        choice = self.cleaned_data["query"] if self._is_whole() else ",".join(sorted(self._numbers()))
        key = self.cleaned_data["key"] or uuid.uuid4()
        parts = (key, seller.pk, user.pk, self.cleaned_data["format"], self._is_whole(), choice)
        return uuid.uuid5(SPACE, "|".join(map(str, parts)))

    def problem(self) -> str:
        """What is wrong, in a sentence."""
        return next(str(error) for errors in self.errors.values() for error in errors)

    def _is_whole(self) -> bool:
        """All that match: said so, or nothing was picked beside a question."""
        return bool(self.cleaned_data.get("all")) or ("query" in self.data and not self._numbers())

    def _numbers(self) -> set[str]:
        picked: list[str] = self.data.getlist("order") if hasattr(self.data, "getlist") else []
        return {number for number in picked if NUMBER.fullmatch(number)}
