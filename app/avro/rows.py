"""Rows of `state.*` to bytes in the wire format, and back."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import fastavro
import msgspec

from app.avro.encoder import compile_encoder
from app.avro.names import Schema
from app.avro.plain import plain
from app.avro.wire import head, unframe
from app.core import call, contact, conversation
from app.core.call import Call
from app.core.contact import Contact
from app.core.conversation import Conversation
from app.core.projection import AnyRow, Table
from app.core.stamps import grown

ROWS: dict[Table, type[AnyRow]] = {
    "conversation": Conversation,
    "call": Call,
    "contact": Contact,
}
PLACES: dict[Table, Mapping[str, int]] = {
    "conversation": conversation.PLACES,
    "call": call.PLACES,
    "contact": contact.PLACES,
}


class RowCodec:
    """One table's rows. `schema` is its latest, `id` that schema's, and `schema_of` finds the
    schema of any id a row may have been written with; it raises where there is none.
    """

    def __init__(
        self, table: Table, schema: Schema, id: int, schema_of: Callable[[int], Schema]
    ) -> None:
        self._row = ROWS[table]
        self._places = PLACES[table]
        self._encode = compile_encoder(schema, head(id))
        self._reader = fastavro.parse_schema(plain(schema))
        self._schema_of = schema_of
        self._writers: dict[int, Any] = {id: self._reader}

    def dumps(self, row: AnyRow) -> bytes:
        return self._encode(row)

    def loads(self, data: bytes) -> AnyRow:
        id, body = unframe(data)
        writer = self._writers.get(id)
        if writer is None:
            writer = self._writers[id] = fastavro.parse_schema(plain(self._schema_of(id)))
        read = fastavro.schemaless_reader(io.BytesIO(body), writer, self._reader)
        row = msgspec.convert(read, self._row)
        row.fold.stamps = grown(row.fold.stamps, self._places)
        return row
