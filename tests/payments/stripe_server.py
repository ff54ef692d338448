"""localstripe on a loopback port of its own, with what it lacks: run as a program, prints its address.

`POST /_config/shown` plants the answer to a GET of a path: for disputes, lists of events and holds that end.

Added to it: idempotency keys as Stripe documents them, the newest API's name of a parameter, trouble.
`POST /_config/trouble/<kind>` is played at the next call of the API, after its work is done, several one after the
other; `after-next` is no trouble at that call. `no-keys` lasts.
"""

import asyncio
import hashlib
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web
from localstripe import resources
from localstripe.server import app

UNTROUBLED = ("/v1/payment_methods", "/v1/customers")
"""Looks at the card before the call that moves money."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
replays: dict[str, tuple[str, int, bytes]] = {}
trouble: list[str] = []
modes: set[str] = set()
shown: dict[str, object] = {}


@web.middleware
async def play_trouble(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    kind = None
    if request.path.startswith("/v1/") and not request.path.startswith(UNTROUBLED):
        kind = trouble.pop(0) if trouble else None
    if kind == "hang":
        await asyncio.sleep(2)
    elif kind == "drop" and request.transport:
        request.transport.close()
    elif kind and kind.isdigit():
        return web.json_response({"error": {"type": "api_error", "message": "trouble"}}, status=int(kind))
    return response


@web.middleware
async def replay_keys(request: web.Request, handler: Handler) -> web.StreamResponse:
    key = request.headers.get("Idempotency-Key")
    if not key or "no-keys" in modes or request.method != "POST":
        return await handler(request)
    asked = hashlib.sha256(request.path.encode() + await request.read()).hexdigest()
    if key in replays:
        first, status, body = replays[key]
        if first != asked:
            error = {
                "type": "idempotency_error",
                "message": "Keys can only be used with the same parameters.",
            }
            return web.json_response({"error": error}, status=400)
        return web.Response(body=body, status=status, content_type="application/json")
    response = await handler(request)
    if isinstance(response, web.Response) and isinstance(response.body, bytes):
        replays[key] = asked, response.status, response.body
    return response


@web.middleware
async def show(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What a test planted instead of what the server has."""
    if request.method == "GET" and request.path in shown:
        return web.json_response(shown[request.path])
    return await handler(request)


async def order_shown(request: web.Request) -> web.Response:
    path, content = await request.json()
    if path:
        shown[path] = content
    else:
        shown.clear()
    return web.Response()


async def order_trouble(request: web.Request) -> web.Response:
    kind = request.match_info["kind"]
    if kind == "no-keys":
        modes.add(kind)
    elif kind == "none":
        modes.clear()
        trouble.clear()
    else:
        trouble.append(kind)
    return web.Response()


def main() -> None:
    resources.PaymentIntent.__init__ = _renamed(resources.PaymentIntent.__init__)
    resources.Store.dump_to_disk = lambda self: None  # it would write to a file that all its users share
    app.middlewares.insert(0, play_trouble)
    app.middlewares.insert(2, replay_keys)
    app.middlewares.insert(0, show)
    app.router.add_post("/_config/shown", order_shown)
    app.router.add_post("/_config/trouble/{kind}", order_trouble)
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    web.run_app(app, sock=listener, print=None, access_log=None)


def _renamed(init: Callable[..., None]) -> Callable[..., None]:
    """localstripe speaks an API from before allowed_payment_method_types."""

    def __init__(self: object, *, allowed_payment_method_types: object = None, **data: object) -> None:  # noqa: N807
        init(self, **data)

    return __init__


if __name__ == "__main__":
    main()
