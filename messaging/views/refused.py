"""How a page says that a message was refused: at its field, with the passages marked (C5)."""

from accounts.throttles import Throttled
from messaging import plain, screening, threads
from messaging.forms.write import WriteForm
from messaging.refusals import FilesRefused, KeyReused, NotNow, TextRefused
from messaging.screening import Piece
from orders.models import Order
from orders.refusals import Refused


def tell(form: WriteForm, refusal: Refused | Throttled, order: Order) -> int:
    """Put the refusal where it belongs in the form of this order as it is now; the status of the answer."""
    if isinstance(refusal, Throttled):
        form.add_error(None, str(refusal))
        return 429
    if isinstance(refusal, TextRefused):
        form.passages = refusal.passages
        form.add_error("text", str(refusal))
    elif isinstance(refusal, FilesRefused):
        form.add_error("attachments", str(refusal))
    elif isinstance(refusal, NotNow) and not threads.refusal(order):
        form.add_error("reason", str(refusal))
    else:
        form.add_error(None, str(refusal))
        return 409 if isinstance(refusal, KeyReused | NotNow) else 422
    return 422


def marked(form: WriteForm | None) -> list[Piece]:
    """The refused text in pieces, with what may not stand in it marked; empty where it is not about passages."""
    if form is None or not form.passages:
        return []
    return screening.pieces(plain.clean(str(form["text"].value())), form.passages)
