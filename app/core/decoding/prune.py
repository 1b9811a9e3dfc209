"""A parsed body cut down to what its schema knows, so that it fits the classes of its event.

Unknown fields go to `extra`, dropped ones go, alternative names become the usual ones. Values are
not looked at, so what is of a wrong type is for others to refuse; where the classes want the JSON
of a repeated object, it becomes JSON again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec

from app.core.decoding.shapes import AnyShape, Body, Entries, Items, Record
from app.core.decoding.structs import is_repeated
from app.core.decoding.unknown import ABSENT, Extra, Tree, find, join, unknown

_encode = msgspec.json.Encoder().encode

Pruner = Callable[[Any, Extra, str], Any]
"""Takes a value and the path of it; returns it, or a copy of what is known of it."""


def compile_prune(body: Body, opaque_text: Callable[[Any], str]) -> Callable[[Tree, Extra], Tree]:
    """A function of a parsed body that returns what is known of it and puts the rest into `extra`.
    The body itself is not changed.
    """
    prune = _record(body.record, frozenset(body.drop), opaque_text)
    return lambda tree, extra: prune(tree, extra, "")


def _pruner(
    shape: AnyShape, drop: frozenset[str], opaque_text: Callable[[Any], str]
) -> Pruner | None:
    """None where there is nothing to prune."""
    match shape:
        case Record():
            return _record(shape, drop, opaque_text)
        case Items():
            inner = _pruner(shape.of.shape, drop, opaque_text)
            return None if inner is None else _items(inner)
        case Entries():
            inner = _pruner(shape.of.shape, drop, opaque_text)
            return None if inner is None else _entries(inner, drop)
        case _:
            return None


def _record(shape: Record, drop: frozenset[str], opaque_text: Callable[[Any], str]) -> Pruner:
    usual = frozenset(field.json[0] for field in shape.fields)
    fits = usual | (drop - shape.json)  # the classes take up what is dropped
    repeated = [field.json[0] for field in shape.fields if is_repeated(field)]
    inner = [
        (field.json[0], pruner)
        for field in shape.fields
        if (pruner := _pruner(field.slot.shape, drop, opaque_text)) is not None
    ]

    def known_of(tree: Tree, extra: Extra, prefix: str) -> Tree:
        known: Tree = {}
        read: set[str] = set()
        for field in shape.fields:
            name, value = find(field, tree)
            if value is not ABSENT:
                known[field.json[0]] = value
                read.add(name)
        for name, value in unknown(shape, tree, read, drop):
            extra[join(prefix, name)] = opaque_text(value)
        return known

    def prune(value: Any, extra: Extra, prefix: str) -> Any:
        if type(value) is not dict:
            return value
        tree = cast("Tree", value)
        known = tree if tree.keys() <= fits else known_of(tree, extra, prefix)
        for name, pruner in inner:
            each = known.get(name)
            if each and (pruned := pruner(each, extra, join(prefix, name))) is not each:
                known = {**known, name: pruned}
        for name in repeated:
            if name in known:
                known = {**known, name: msgspec.Raw(_encode(known[name]))}
        return known

    return prune


def _items(inner: Pruner) -> Pruner:
    def prune(value: Any, extra: Extra, prefix: str) -> Any:
        if type(value) is not list:
            return value
        items = cast("list[Any]", value)
        return [inner(each, extra, f"{prefix}[{n}]") for n, each in enumerate(items)]

    return prune


def _entries(inner: Pruner, drop: frozenset[str]) -> Pruner:
    def prune(value: Any, extra: Extra, prefix: str) -> Any:
        if type(value) is not dict:
            return value
        return {
            name: inner(each, extra, join(prefix, name))
            for name, each in cast("Tree", value).items()
            if name not in drop
        }

    return prune
