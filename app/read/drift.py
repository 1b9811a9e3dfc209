"""Fields that vendors send and no schema knows: what the `extra` of events holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from app.avro.names import SchemaName
from app.avro.published import Published
from app.avro.reading import Reader, schema_name, value_reader
from app.core.decoding.annotations import EXTRA
from app.kafka.record import Record

_INDEX = re.compile(r"\[\d+\]")
_TYPES = {"{": "object", "[": "array", '"': "string", "t": "boolean", "f": "boolean", "n": "null"}
CUT = "*"  # in `extra`: how many fields of a very large body were not kept


class Drift(msgspec.Struct):
    """One unknown field of one event. `field` is its dotted path, `[]` for any item of an array;
    `types` are the JSON types it had; times are the events' receive times in microseconds;
    `example` is the JSON text of one that was met last.
    """

    vendor: str
    event: str
    field: str
    count: int
    types: list[str]
    first_seen: int
    last_seen: int
    example: str


def drift(records: Iterable[Record], published: Published) -> list[Drift]:
    """Count unknown fields, the most frequent first. Values of other schemas are passed over."""
    found: dict[tuple[str, str, str], Drift] = {}
    readers: dict[SchemaName, Reader] = {}
    for record in records:
        name = None if record.value is None else schema_name(published, record.value)
        if name is None or name.is_state or record.value is None:
            continue
        if name not in readers:
            readers[name] = value_reader(published, _only_extra(published, name))
        for path, text in _fields(readers[name](record.value)[EXTRA]):
            _count(found, (name.group, name.name, path), text, record.timestamp_ms * 1000)
    return sorted(found.values(), key=lambda one: (-one.count, one.vendor, one.event, one.field))


def _only_extra(published: Published, name: SchemaName) -> dict[str, Any]:
    """A reader's schema that passes over everything else."""
    schema = published.repository[name].schema
    fields = [field for field in schema["fields"] if field["name"] == EXTRA]
    return {**schema, "fields": fields}


def _fields(extra: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each path with its JSON text, once for each type that it has."""
    seen = {
        (_INDEX.sub("[]", path), _type(text)): text
        for path, text in sorted(extra.items(), reverse=True)
        if path != CUT
    }
    for (path, _), text in sorted(seen.items()):
        yield path, text


def _type(text: str) -> str:
    return _TYPES.get(text[:1], "number")


def _count(
    found: dict[tuple[str, str, str], Drift], key: tuple[str, str, str], text: str, at: int
) -> None:
    type = _type(text)
    one = found.get(key)
    if one is None:
        found[key] = Drift(*key, 1, [type], at, at, text)
        return
    one.count += 1
    one.first_seen = min(one.first_seen, at)
    if at >= one.last_seen:
        one.last_seen, one.example = at, text
    if type not in one.types:
        one.types = sorted([*one.types, type])
