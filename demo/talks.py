"""What is written in the demo: buyers and the seller about orders, and the seller to the marketplace's staff."""

import io
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from PIL import Image, ImageDraw

from accounts.models import Right
from demo import acts
from demo.market import Shop
from demo.stage import Plan, Stage, Step
from messaging import cases, threads
from messaging.attachments import Upload
from messaging.states import Reason
from orders.models import Order

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LOST, FOUND = "702-4418306-2291745", "702-1180934-5537206"
"""Numbers of orders that are nowhere in the demo."""


def plans(shop: Shop, skus: Sequence[str], now: datetime) -> Iterator[Plan]:
    """An order for each conversation: overdue, waiting, answered, needing no answer, with a picture."""
    told = zip(_conversations(now), skus, strict=False)
    for place, ((has_left, language, steps), sku) in enumerate(told):
        placed_at = now - (96 + 5 * place if has_left else 20 + place) * HOUR
        left = [Step(placed_at + 20 * HOUR, acts.ship)] if has_left else []
        yield Plan(shop, placed_at, [(sku, 1)], [*left, *steps], is_story=True, language=language)


def _conversations(now: datetime) -> Iterator[tuple[bool, str, list[Step]]]:
    """Whether the parcel has left, the buyer's language, and who says what when."""
    late = (
        "The tracking has not moved for two days. Can you see where my parcel is? It is a birthday present."
    )
    yield True, "en", [Step(now - 30 * HOUR, asks(Reason.DELIVERY, late))]
    chinese = "您好，包裹已经收到了，谢谢！请问这件商品可以用洗碗机清洗吗？另外能不能开一张发票？"
    yield True, "zh-hans", [Step(now - 3 * HOUR, asks(Reason.PRODUCT, chinese))]
    dent = "It arrived today, but the lid has a dent, as you can see in the picture. Can I get another lid?"
    yield True, "en", [Step(now - 70 * MINUTE, asks(Reason.RETURN_QUESTION, dent, _picture()))]
    yield (
        True,
        "en",
        [
            Step(
                now - 44 * HOUR, asks(Reason.OTHER, "It is here, and even nicer than I thought. Thank you!")
            ),
            Step(now - 40 * HOUR, needs_no_reply),
        ],
    )
    ask = "Is it possible to have it wrapped as a gift, without the invoice in the box?"
    answer = (
        "Hello! Yes, with pleasure: we wrap it in plain brown paper, and the invoice stays out of the box."
    )
    yield (
        False,
        "en",
        [
            Step(now - 15 * HOUR, asks(Reason.ORDER_DETAILS, ask)),
            Step(now - 13 * HOUR, answers(answer)),
            Step(now - 12 * HOUR, asks(Reason.ORDER_DETAILS, "Perfect, thank you very much.")),
            Step(now - 11 * HOUR, needs_no_reply),
        ],
    )
    where = "Before we pack it: is there an apartment number that the carrier needs?"
    home = "Good that you ask. It is the blue door on the left, there is no number."
    done = "Thank you, the carrier will find it. Your parcel leaves with the next pickup."
    yield (
        False,
        "en",
        [
            Step(now - 10 * HOUR, writes(Reason.MISSING_INFORMATION, where)),
            Step(now - 8 * HOUR, asks(Reason.MISSING_INFORMATION, home)),
            Step(now - 7 * HOUR, answers(done)),
        ],
    )


def asks(reason: Reason, text: str, *files: Upload) -> acts.Act:
    """The buyer writes on their order page."""
    return partial(_asks, reason, text, files)


def _asks(
    reason: Reason,
    text: str,
    files: Sequence[Upload],
    stage: Stage,
    shop: Shop,
    order: Order,
    now: datetime,
) -> None:
    threads.receive(order, text, reason=reason, files=files, key=_key(stage), now=now)


def writes(reason: Reason, text: str) -> acts.Act:
    """The seller writes first."""
    return partial(_writes, reason, text)


def _writes(reason: Reason, text: str, stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    actor = shop.someone(Right.MESSAGE, stage.rng)
    threads.write(order, text, reason=reason, key=_key(stage), actor=actor, now=now)


def answers(text: str) -> acts.Act:
    """The seller has read what the buyer wrote last, and answers."""
    return partial(_answers, text)


def _answers(text: str, stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    thread = order.threads.latest("last_message_at")
    threads.mark_read(thread, seen=thread.messages.latest("pk").pk)
    actor = shop.someone(Right.MESSAGE, stage.rng)
    threads.reply(thread, text, key=_key(stage), actor=actor, now=now)


def needs_no_reply(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The seller has read it, and says that it asks for no answer."""
    thread = order.threads.latest("last_message_at")
    threads.mark_read(thread, seen=thread.messages.latest("pk").pk)
    threads.no_reply_needed(thread, actor=shop.someone(Right.MESSAGE, stage.rng), now=now)


def plan_cases(stage: Stage, shop: Shop, now: datetime) -> None:
    """Two orders that are not to be found: the staff have answered about one."""
    lost = "A buyer wrote to us with this order number. We cannot find it; is it one of ours?"
    found = "We packed a parcel for this number, and the order is gone from our list. What became of it?"
    answer = (
        "The number is of another marketplace’s order: the buyer has two accounts. Please do not ship it."
    )
    stage.diary.at(now - 5 * HOUR, partial(_opens_case, stage, shop, LOST, lost))
    stage.diary.at(now - 50 * HOUR, partial(_opens_case, stage, shop, FOUND, found))
    stage.diary.at(now - 27 * HOUR, partial(_staff_answer, stage, shop, answer))


def _opens_case(stage: Stage, shop: Shop, number: str, text: str, now: datetime) -> None:
    actor = shop.someone(Right.MESSAGE, stage.rng)
    cases.open_case(shop.seller, number, text, key=_key(stage), actor=actor, now=now)


def _staff_answer(stage: Stage, shop: Shop, text: str, now: datetime) -> None:
    case = shop.seller.cases.get(order_number=FOUND)
    cases.write(case, text, key=_key(stage), actor=acts.STAFF, now=now)


def _picture() -> Upload:
    """A buyer's photograph of a dented lid, as far as a few strokes can show one."""
    picture = Image.new("RGB", (640, 480), "#d9d2c5")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((130, 90, 510, 400), fill="#8c7a5b", outline="#4f4433", width=6)
    draw.ellipse((280, 205, 360, 285), fill="#6f6048", outline="#4f4433", width=4)
    draw.arc((390, 150, 470, 250), 120, 300, fill="#2f2820", width=9)
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return Upload("lid.png", kept.getvalue())


def _key(stage: Stage) -> uuid.UUID:
    return uuid.UUID(int=stage.rng.getrandbits(128), version=4)
