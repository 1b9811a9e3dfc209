"""The shapes that a JSON body can have, as its schema says them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A JSON string."""


@dataclass(frozen=True, slots=True)
class Id:
    """A JSON string or integer, kept as a string."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Any JSON value, kept as JSON text."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A JSON integer, or a float with no fraction, between two bounds (included)."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """A JSON number of seconds, kept as whole milliseconds."""


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number, kept as a float."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A JSON boolean."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time in any spelling, kept as microseconds since the epoch."""

    zero_is_null: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A JSON string out of a few."""

    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A JSON array."""

    of: Slot


@dataclass(frozen=True, slots=True)
class Entries:
    """A JSON object of any names."""

    of: Slot


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object of known names. `name` is the Avro full name, `json` all names it reads;
    `repeated`: the same object is expected in many bodies.
    """

    name: str
    fields: tuple[Field, ...]
    json: frozenset[str]
    repeated: bool


Shape = Text | Id | Opaque | Whole | Seconds | Number | Truth | Time | Choice | Items | Entries
AnyShape = Shape | Record


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value: its shape, and whether null may stand there."""

    shape: AnyShape
    nullable: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: `json` holds its JSON names, the usual one first.

    `required` is false where it may be absent; then `default` (of a field that is not nullable)
    is what stands for it.
    """

    name: str
    json: tuple[str, ...]
    slot: Slot
    required: bool
    default: Any = None


@dataclass(frozen=True, slots=True)
class Body:
    """A whole body: its record without `extra`, and what holds for all of it."""

    record: Record
    drop: tuple[str, ...]
    explicit_null: bool
