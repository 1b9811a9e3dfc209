"""Reading what a key is made of from a body, whatever the body is."""

from __future__ import annotations

from typing import Any

import msgspec

from app.core.undecodable import Undecodable
from app.core.vendors.contract import Tree

LONGEST = 256  # characters of a key's id
LONGEST_NAME = 128  # characters of an event's name

_decode = msgspec.json.Decoder().decode


def parse_object(body: bytes) -> Tree:
    """The JSON object of a body. Raises Undecodable (not_json, not_an_object)."""
    try:
        tree: Any = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable("not_json", f"the body is not JSON ({type(error).__name__})") from None
    if not isinstance(tree, dict):
        raise Undecodable("not_an_object", "the body is JSON, but not an object")
    return tree  # pyright: ignore[reportUnknownVariableType]


def id_text(value: object) -> str | None:
    """An id as text: a JSON string that is not empty, or an integer. None for anything else."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def key_id(value: object, path: str) -> str:
    """The id that makes a key, found at `path`. Raises Undecodable (no_key)."""
    id = id_text(value)
    if id is None:
        raise Undecodable("no_key", "the id that makes the key is missing or is no id", path)
    return fitting(id, path)


def fitting(id: str, path: str) -> str:
    """A key's id that is not too long for one. Raises Undecodable (no_key)."""
    if len(id) > LONGEST:
        raise Undecodable("no_key", f"the key's id is longer than {LONGEST} characters", path)
    return id


def unknown_event(vendor: str, name: object) -> Undecodable:
    """What to raise for an event that is not in the vendor's list."""
    if not isinstance(name, str):
        return Undecodable("unknown_event", f"the body names no {vendor} event")
    name = name[:LONGEST_NAME]
    text = name.encode(errors="backslashreplace").decode()  # which need not be Unicode text
    return Undecodable("unknown_event", f"{vendor} has no event {name!r}", event=text)
