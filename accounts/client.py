"""Where a request comes from. Throttles, logs and records ask here, so that all of them mean the same address."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """Return the client's IP address, or "" where there is none, as behind a socket.

    With TRUSTED_PROXY_COUNT proxies of ours in front, it is the entry of X-Forwarded-For that the first of them
    added. Entries before it are the client's own invention. Where the header has fewer entries, or no address
    there, the request did not come through all proxies: the address that connected to us counts.
    """
    count: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    entries = request.headers.get("X-Forwarded-For", "").split(",")
    forwarded = entries[-count] if 0 < count <= len(entries) else ""
    return _parsed(forwarded) or _parsed(request.META.get("REMOTE_ADDR") or "")


def _parsed(text: str) -> str:
    """Return the address in its shortest form, without a port; "" where the text is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host)
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
