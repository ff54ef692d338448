"""Where the orders of a batch are picked anew: what a row had seen of an order that changed is not true again (O14)."""

from batches.models import Batch
from batches.states import RowState
from orders.lists.desk import Question
from orders.lists.search import MOST_NUMBERS

CHANGED = "changed"
"""The code of rows whose order changed after it was seen; tried again, they would be refused for ever."""


def home(batch: Batch) -> str:
    """The list of the orders that were not done, once some of them have changed; else the batch is tried again."""
    if batch.is_open or not batch.rows.filter(state=RowState.REFUSED, code=CHANGED).exists():
        return ""
    left = batch.rows.exclude(state=RowState.DONE).values_list("subject", flat=True)
    numbers = list(left.order_by("place")[: MOST_NUMBERS + 1])
    # More than one search takes would hide the rest: then it is the whole list.
    return Question(text=" ".join(numbers) if len(numbers) <= MOST_NUMBERS else "").url()
