"""One line for each request: who, from where, and the path without its query, which may hold names and tokens."""

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from accounts import client


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's middleware, with the portal's view of what may be written."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method and path. What a search asked for and where `next=` leads is nobody's business."""
        return f"{request.method} {request.path}"

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Bind the address that the throttles count by."""
        structlog.contextvars.bind_contextvars(ip=client.address(request))
