"""Where a request comes from, as far as browsers say it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

_SAME = ("same-origin", "none")  # none: somebody typed the address


def is_loopback(host: str) -> bool:
    """Of an address or a name, without its port."""
    if host.rstrip(".").lower() in ("localhost", "ip6-localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_of(headers: Headers) -> str:
    """The host that was asked for, without a port; empty where it is none."""
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def is_cross_origin(headers: Headers) -> bool:
    """Whether another site's page sends this. What is no browser says nothing, and is not."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _SAME
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
