"""Where on the page a thing is found: addresses that stay."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from app.core.projection import Table
from app.core.webhook import parse_key
from app.read.tables import table_of

LISTS: Mapping[Table, str] = {
    "conversation": "/conversations",
    "call": "/calls",
    "contact": "/contacts",
}


_FOLDERS = (".", "..")
"""Ids that browsers and clients take for folders in a path, percent-encoded or not."""


def row_link(key: str, **query: str | None) -> str:
    """Of the row of a key; where nothing of its kind has one, of its dead letters."""
    table = table_of(key)
    if table is None:
        return with_query("/dead-letters", key=key)
    parts = parse_key(key)
    path = f"{LISTS[table]}/{quote(parts.source, safe='')}"
    if parts.id in _FOLDERS:
        return with_query(path, id=parts.id, **query)
    return with_query(f"{path}/{_id(parts.id)}", **query)


def api_link(key: str) -> str:
    """The row of a key as JSON; in a list of one, where no path can name it."""
    parts = parse_key(key)
    path = f"/api/{parts.kind}s"
    if parts.id in _FOLDERS:
        return with_query(path, q=key)
    return f"{path}/{quote(parts.source, safe='')}/{quote(parts.id, safe='')}"


def with_query(path: str, **query: str | None) -> str:
    """What is None or empty is left out. A name may end in `_` where Python has a word for it."""
    given = {name.rstrip("_"): value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def _id(id: str) -> str:
    """Slashes stay, except where a browser would take the parts for folders."""
    return quote(id, safe="" if any(part in ("", *_FOLDERS) for part in id.split("/")) else "/")
