"""What the test of every address needs of messages: a thread with a file, a saved text, a case, and the forms."""

import uuid
from typing import Any

from accounts.actors import Actor
from accounts.models import Right
from messaging import cases, threads
from messaging.attachments import Upload
from messaging.models import Attachment, Template
from messaging.states import Reason
from orders import buyer_links
from tests.factories import NOON

NOWHERE = (
    "messaging:list",
    "messaging:missing",
    "messaging:cases",
    "messaging:open_case",
    "messaging:templates",
    "messaging:add_template",
)
"""Pages that name no record in their address."""


class Talk:
    """What was written about the world's order, the seller's saved text and case."""

    def __init__(self, world: Any) -> None:
        asked = {"reason": Reason.OTHER, "key": uuid.uuid4(), "now": NOON}
        files = [Upload("77 Hidden Lane.txt", b"plain words")]
        self.thread = threads.receive(world.order, "Where does it go?", files=files, **asked).thread
        self.file = Attachment.objects.get(message__thread=self.thread)
        self.template = Template.objects.create(
            seller=world.seller, name="Brass lamp", language="en", text="Dear {buyer}"
        )
        seller = Actor.seller(world.owner)
        self.case = cases.open_case(
            world.seller, "113-7654321-7654321", "Where is it?", key=uuid.uuid4(), actor=seller, now=NOON
        )


def message(world: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "reason": "other", "text": "It leaves today."}


def template(world: Any) -> dict[str, Any]:
    return {"name": "Greeting", "language": "en", "text": "Dear {buyer}, thank you for {order}."}


def case(world: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "order_number": "113-1111111-1111111", "text": "Not to be found."}


def seen(world: Any) -> dict[str, Any]:
    return {"seen": str(world.talk.thread.messages.get().pk)}


def nothing(world: Any) -> dict[str, Any]:
    return {}


PAGES = {
    "messaging:order": (Right.VIEW, 200, 405, nothing),
    "messaging:write": (Right.MESSAGE, 302, 302, message),
    "messaging:missing": (Right.VIEW, 200, 405, nothing),
    "messaging:list": (Right.VIEW, 200, 405, nothing),
    "messaging:no_reply_needed": (Right.MESSAGE, 405, 302, nothing),
    "messaging:read": (Right.MESSAGE, 405, 302, seen),
    "messaging:file": (Right.VIEW, 200, 405, nothing),
    "messaging:cases": (Right.VIEW, 200, 405, nothing),
    "messaging:open_case": (Right.MESSAGE, 302, 302, case),
    "messaging:case": (Right.VIEW, 200, 405, nothing),
    "messaging:write_case": (Right.MESSAGE, 302, 302, case),
    "messaging:templates": (Right.MESSAGE, 200, 405, nothing),
    "messaging:add_template": (Right.MESSAGE, 200, 302, template),
    "messaging:edit_template": (Right.MESSAGE, 200, 302, template),
    "messaging:delete_template": (Right.MESSAGE, 405, 302, nothing),
}
OPEN = {
    "messaging:buyer": (200, 422),
    "messaging:buyers_file": (200, 405),
}


def args(world: Any) -> dict[str, list[object]]:
    """What the addresses are made of."""
    talk, number, token = world.talk, world.order.number, buyer_links.token_of(world.order)
    return {
        **{f"messaging:{name}": [number] for name in ("order", "write")},
        **{f"messaging:{name}": [talk.thread.pk] for name in ("no_reply_needed", "read")},
        **{f"messaging:{name}": [talk.case.pk] for name in ("case", "write_case")},
        **{f"messaging:{name}": [talk.template.pk] for name in ("edit_template", "delete_template")},
        "messaging:file": [talk.file.pk],
        "messaging:buyer": [token],
        "messaging:buyers_file": [token, talk.file.pk],
    }
