"""What keys and headers of records say, whoever wrote them, in one spelling for all tables."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.times import micros

ESCAPES = "backslashreplace"
Headers = Mapping[str, bytes | None]


def text(data: bytes) -> str:
    """Bytes that are not UTF-8 are shown as escapes."""
    return data.decode(errors=ESCAPES)


def source_of(key: bytes | None) -> str | None:
    """A key's source; None where it is no key."""
    if key is None:
        return None
    source, slash, _ = key.partition(b"/")
    return text(source) if slash else None


def header(headers: Headers, name: str) -> str | None:
    """A header's text; None where there is none."""
    value = headers.get(name)
    return None if value is None else text(value)


def texts(headers: Headers) -> dict[str, str | None]:
    """All of them, by name."""
    return {name: header(headers, name) for name in headers}


def time_of(headers: Headers) -> int | None:
    """When a webhook was received, by its headers; None where they do not say."""
    value = headers.get("ce_time")
    try:
        return None if value is None else micros(value.decode())
    except ValueError:
        return None
