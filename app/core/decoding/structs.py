"""Classes of events: one msgspec Struct for each record of a schema.

Attributes carry the Avro names. A decoded body is first held as JSON has it (an id may be an
int, a time text) and then made regular in place, so the annotations below are those of JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.core.decoding.annotations import EXTRA
from app.core.decoding.shapes import (
    AnyShape,
    Body,
    Choice,
    Entries,
    Field,
    Id,
    Items,
    Number,
    Opaque,
    Record,
    Seconds,
    Slot,
    Text,
    Time,
    Truth,
    Whole,
)

Event = Any  # an instance of the class made for its schema
Classes = dict[str, type[msgspec.Struct]]


class NeverInJson:
    """The type of `extra` while decoding: no JSON value is one, so a body that has a field of
    that name is refused by the fast path and its value kept, as any unknown field's.
    """


def classes_of(body: Body) -> Classes:
    """The class of each record of a body, by the record's full name."""
    classes: Classes = {}
    _define(body.record, body, classes)
    return classes


def older_class(
    body: Body, classes: Classes, names: Sequence[tuple[str, str]]
) -> type[msgspec.Struct] | None:
    """The body's class once more, with older names in place of today's: the same attributes. None
    where the body has no such names.
    """
    old = {today: older for older, today in names}
    read = body.record.json
    if not old or not old.keys() <= read or not read.isdisjoint(old.values()):
        return None
    return _struct(body.record, body, classes, old)


def ignored_attributes(record: Record, body: Body) -> dict[str, str]:
    """The attributes that take up what is dropped, so that the fast path need not refuse it:
    attribute name to JSON name. A name that the schema itself reads is not dropped.
    """
    return {f"_{n}": name for n, name in enumerate(body.drop) if name not in record.json}


def is_repeated(field: Field) -> bool:
    """Whether the fast path reads a field's object by itself, and keeps what it made of it."""
    return isinstance(field.slot.shape, Record) and field.slot.shape.repeated


def _define(record: Record, body: Body, classes: Classes) -> type[msgspec.Struct]:
    if record.name in classes:
        return classes[record.name]
    classes[record.name] = made = _struct(record, body, classes, {})
    return made


def _struct(
    record: Record, body: Body, classes: Classes, renamed: Mapping[str, str]
) -> type[msgspec.Struct]:
    ignored = ignored_attributes(record, body)
    fields: list[Any] = [_attribute(field, body, classes) for field in record.fields]
    fields += [(attribute, str | None | UnsetType, UNSET) for attribute in ignored]
    if record is body.record:
        fields.append((EXTRA, NeverInJson, msgspec.field(default_factory=dict)))
    keys = {field.name: renamed.get(field.json[0], field.json[0]) for field in record.fields}
    return msgspec.defstruct(
        record.name.rpartition(".")[2],
        fields,
        rename=keys | ignored,
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )


def _attribute(field: Field, body: Body, classes: Classes) -> Any:
    annotation = _slot(field.slot, body, classes)
    if is_repeated(field):
        annotation = msgspec.Raw  # of null too
    if field.required:
        return (field.name, annotation)
    if not field.slot.nullable:
        if type(field.default) in (dict, list):
            return (
                field.name,
                annotation,
                msgspec.field(default_factory=partial(deepcopy, field.default)),
            )
        return (field.name, annotation, field.default)
    if body.explicit_null:
        return (field.name, annotation | UnsetType, UNSET)
    return (field.name, annotation, None)


def _slot(slot: Slot, body: Body, classes: Classes) -> Any:
    annotation = _annotation(slot.shape, body, classes)
    return annotation | None if slot.nullable else annotation


def _annotation(shape: AnyShape, body: Body, classes: Classes) -> Any:  # noqa: PLR0911
    match shape:
        case Text():
            return str
        case Id():
            return str | int
        case Opaque():
            return Any
        case Whole():
            return Annotated[int, Meta(ge=shape.low, le=shape.high)]
        case Seconds():
            return int | float
        case Number():
            return float
        case Truth():
            return bool
        case Time():
            return str | int | float
        case Choice():
            return Literal[shape.symbols]
        case Items():
            return list[_slot(shape.of, body, classes)]
        case Entries():
            return dict[str, _slot(shape.of, body, classes)]
        case Record():
            return _define(shape, body, classes)
