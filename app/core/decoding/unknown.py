"""Which members of a JSON object a record reads, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from app.core.decoding.shapes import Field, Record

Tree = dict[str, Any]
Extra = dict[str, str]
ABSENT: Any = object()


def find(field: Field, tree: Tree) -> tuple[str, Any]:
    """The JSON name that holds a field, and its value: the first that is not null, else null,
    else ABSENT.
    """
    found = (field.json[0], ABSENT)
    for name in field.json:
        value = tree.get(name, ABSENT)
        if value is None and found[1] is ABSENT:
            found = (name, None)
        elif value is not None and value is not ABSENT:
            return (name, value)
    return found


def unknown(
    shape: Record, tree: Tree, read: set[str], drop: frozenset[str]
) -> Iterator[tuple[str, Any]]:
    """What no field has read, but for what is dropped and alternatives that are null."""
    for name, value in tree.items():
        if not (name in read or name in drop or (value is None and name in shape.json)):
            yield name, value


def join(prefix: str, name: str) -> str:
    """A dotted path. A name that holds a dot is quoted, so that paths stay distinct."""
    plain = msgspec.json.encode(name).decode() if "." in name or not name else name
    return f"{prefix}.{plain}" if prefix else plain
