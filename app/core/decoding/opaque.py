"""JSON that no schema describes, kept as text: compact, and without what must be dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec

_encode = msgspec.json.Encoder().encode


def text_maker(drop: tuple[str, ...], deepest: int) -> Callable[[Any], str]:
    """A function that writes a parsed JSON value as compact text, leaving out every object member
    whose name is in `drop`, at any depth. The value itself is not changed. Raises ValueError for
    a value deeper than `deepest`.
    """
    # Compact text holds a plain name as it is, so a name that is nowhere in it needs no walk.
    marks = tuple(_encode(name).decode() for name in drop)
    names = frozenset(drop)

    def text(value: Any) -> str:
        written = _encode(value)
        if (
            len(written) > 2 * deepest
            and written.count(b"{") + written.count(b"[") > deepest
            and depth(value, deepest) > deepest
        ):
            raise ValueError(f"it nests more than {deepest} arrays and objects")
        found = written.decode()
        for mark in marks:
            if mark in found:
                return _encode(without(value, names)).decode()
        return found

    return text


def without(value: Any, names: frozenset[str]) -> Any:
    """A copy of a parsed JSON value without the object members of these names."""
    # Loops, not comprehensions: one frame a level.
    if type(value) is dict:
        members: dict[str, Any] = {}
        for key, each in cast("dict[str, Any]", value).items():
            if key not in names:
                members[key] = without(each, names)
        return members
    if type(value) is list:
        items: list[Any] = []
        for each in cast("list[Any]", value):
            items.append(without(each, names))
        return items
    return value


def depth(value: Any, limit: int) -> int:
    """How many objects and arrays stand in one another, counted to `limit` + 1 at most."""
    level: list[Any] = [value]
    found = 0
    while found <= limit:
        inner: list[Any] = []
        deeper = False
        for each in level:
            if type(each) is dict:
                deeper = True
                inner.extend(cast("dict[str, Any]", each).values())
            elif type(each) is list:
                deeper = True
                inner.extend(cast("list[Any]", each))
        if not deeper:
            return found
        found += 1
        level = inner
    return found
