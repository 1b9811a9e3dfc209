"""Where a process of this machine is to be reached."""

from __future__ import annotations

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (an address to listen on)


def local_url(host: str, port: int) -> str:
    """Of a process that listens on a host and port: http://HOST:PORT."""
    host = _EVERYWHERE.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
