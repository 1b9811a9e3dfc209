"""Any value in the wire format, of `events.*` or `state.*`, to plain values."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import fastavro

from app.avro.fastavro_schema import fastavro_schema
from app.avro.names import Schema, SchemaId, SchemaName
from app.avro.published import Published
from app.avro.wire import NotFramed, unframe

Reader = Callable[[bytes], dict[str, Any]]


def value_reader(published: Published, reader: Schema | None = None) -> Reader:
    """A function that reads a value of `events.*` or `state.*`: a dict of plain values, times in
    microseconds. It reads each as written or, with a reader's schema, as that schema has it. It
    raises NotFramed, UnknownSchema, and what fastavro raises for bytes that are not Avro.
    """
    wanted = None if reader is None else fastavro_schema(reader)
    writers: dict[int, Any] = {}

    def read(value: bytes) -> dict[str, Any]:
        id, body = unframe(value)
        writer = writers.get(id)
        if writer is None:
            writer = writers[id] = fastavro_schema(published.schema_of(id))
        return fastavro.schemaless_reader(io.BytesIO(body), writer, wanted)  # pyright: ignore[reportReturnType]

    return read


def schema_name(published: Published, value: bytes) -> SchemaName | None:
    """Which of Hookline's schemas a value was written with; None for another's."""
    try:
        id, _ = unframe(value)
    except NotFramed:
        return None
    entry = published.lock.by_id.get(SchemaId(id))
    return None if entry is None else entry.name
