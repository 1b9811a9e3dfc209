"""The slow path: a parsed body walked by its schema, field by field.

It reads whatever the other ways read, to the same event, and besides: integers written as floats,
forms, bodies that need cutting. What it cannot read it explains: the JSON path, what was expected
there, what stood there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from app.core.decoding import scalars
from app.core.decoding.limits import DEPTH, Limits
from app.core.decoding.opaque import text_maker
from app.core.decoding.scalars import Mismatch
from app.core.decoding.shapes import Body, Entries, Field, Items, Opaque, Record, Slot, Text
from app.core.decoding.structs import Classes, Event
from app.core.decoding.unknown import ABSENT, Extra, Tree, find, join, unknown
from app.core.undecodable import Undecodable


def compile_slow(body: Body, classes: Classes) -> Callable[[Tree, Limits, bool], Event]:
    """A function of a parsed body, its limits, and whether numbers may be text (forms). It raises
    Undecodable (schema_mismatch).
    """
    drop = frozenset(body.drop)
    opaque_text = text_maker(body.drop, DEPTH)

    def decode(tree: Tree, limits: Limits, form: bool) -> Event:
        walk = _Walk(classes, drop, opaque_text, limits, form)
        event = walk.record(body.record, tree, "$")
        event.extra = limits.kept_extra(walk.extra)
        return event

    return decode


@dataclass(slots=True)
class _Walk:
    """One body being read. Paths are JSON paths; where an array is passed they hold `[*]`, so that
    equal faults read the same; `extra` names the very item.
    """

    classes: Classes
    drop: frozenset[str]
    opaque_text: Callable[[Any], str]
    limits: Limits
    form: bool
    extra: Extra = field(default_factory=dict[str, str])
    prefix: str = ""  # of names in extra: the record being read, arrays with their indices

    def record(self, shape: Record, value: Any, path: str) -> Event:
        if type(value) is not dict:
            raise mismatch(path, "an object", value)
        tree = cast("Tree", value)
        values: dict[str, Any] = {}
        read: set[str] = set()
        for each in shape.fields:
            name = each.json[0]
            found = tree.get(name, ABSENT)
            if type(found) is str and type(each.slot.shape) is Text:  # most fields of most bodies
                read.add(name)
                values[each.name] = found[: self.limits.text]
                continue
            if len(each.json) > 1:
                name, found = find(each, tree)
            if found is ABSENT:
                if each.required:
                    raise missing(f"{path}.{name}")
                continue
            read.add(name)
            values[each.name] = self.value(each, name, found, path)
        for name, rest in unknown(shape, tree, read, self.drop):
            self.extra[join(self.prefix, name)] = self.opaque_text(rest)
        return self.classes[shape.name](**values)

    def value(self, of: Field, name: str, value: Any, path: str) -> Any:
        at = f"{path}.{name}"
        if value is None and not of.slot.nullable and type(of.slot.shape) is not Opaque:
            raise missing(at)
        outer = self.prefix
        self.prefix = join(outer, name)
        found = self.slot(of.slot, value, at)
        self.prefix = outer
        return found

    def slot(self, slot: Slot, value: Any, path: str) -> Any:  # noqa: PLR0911
        if value is None and slot.nullable:
            return None
        shape = slot.shape
        match shape:
            case Text():
                if type(value) is not str:
                    raise mismatch(path, "a string", value)
                return value[: self.limits.text]
            case Opaque():
                return self.limits.opaque_text(self.opaque_text(value))
            case Record():
                return self.record(shape, value, path)
            case Items():
                return self.items(shape, value, path)
            case Entries():
                return self.entries(shape, value, path)
            case _:
                try:
                    return scalars.read(shape, value, self.form, self.limits.text)
                except Mismatch as fault:
                    raise mismatch(path, fault.expected, value) from None

    def items(self, shape: Items, value: Any, path: str) -> list[Any]:
        if type(value) is not list:
            raise mismatch(path, "an array", value)
        outer = self.prefix
        found: list[Any] = []
        for index, each in enumerate(cast("list[Any]", value)):
            self.prefix = f"{outer}[{index}]"
            found.append(self.slot(shape.of, each, f"{path}[*]"))
        self.prefix = outer
        return found[: self.limits.items]

    def entries(self, shape: Entries, value: Any, path: str) -> dict[str, Any]:
        if type(value) is not dict:
            raise mismatch(path, "an object", value)
        tree = cast("Tree", value)
        names = [name for name in tree if name not in self.drop]
        outer = self.prefix
        found: dict[str, Any] = {}
        for name in names:
            self.prefix = join(outer, name)
            found[name] = self.slot(shape.of, tree[name], f"{path}.*")
        self.prefix = outer
        if len(found) <= self.limits.items and self.limits.name >= max(map(len, found), default=0):
            return found
        kept = [name for name in sorted(found) if len(name) <= self.limits.name]
        return {name: found[name] for name in kept[: self.limits.items]}


_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}


def mismatch(path: str, expected: str, value: object) -> Undecodable:
    """What stands at a path is of the wrong type. The message never holds the value."""
    got = "null" if value is None else _NAMES.get(type(value), "a number")
    return Undecodable("schema_mismatch", f"{path}: expected {expected}, got {got}", path)


def missing(path: str) -> Undecodable:
    """A required field is not there, or null."""
    return Undecodable("schema_mismatch", f"{path}: it is required and not there", path)
