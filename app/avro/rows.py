"""Rows of `state.*` to bytes in the wire format, and back."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import fastavro
import msgspec

from app.avro.decoder import compile_decoder
from app.avro.encoder import compile_encoder
from app.avro.fastavro_schema import fastavro_schema
from app.avro.names import Schema
from app.avro.projection import Projection, compile_projection
from app.avro.wire import HEAD, head, unframe
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
        self._head = head(id)
        self.dumps: Callable[[AnyRow], bytes] = compile_encoder(schema, self._head, unset=False)
        self._decode = compile_decoder(schema, self._row, HEAD)
        self._schema = schema
        self._reader = fastavro_schema(schema)
        self._schema_of = schema_of
        self._writers: dict[int, Any] = {}

    def loads(self, data: bytes) -> AnyRow:
        row = self._decode(data) if data.startswith(self._head) else self._loads_other(data)
        row.fold.stamps = grown(row.fold.stamps, self._places)
        return row

    def offset_of(self, data: bytes) -> int:
        """The `offset` of a row alone; whether what stands behind it is whole is not found out."""
        if not data.startswith(self._head):
            return self._loads_other(data).offset
        [offset] = self._project_offset(data)
        return offset

    @cached_property
    def _project_offset(self) -> Projection:
        """Of use to workers without transactions alone, so made when it is asked for."""
        return compile_projection(self._schema, ["offset"], HEAD)

    def _loads_other(self, data: bytes) -> AnyRow:
        """A row that was written with another version of the schema."""
        id, body = unframe(data)
        writer = self._writers.get(id)
        if writer is None:
            writer = self._writers[id] = fastavro_schema(self._schema_of(id))
        read = fastavro.schemaless_reader(io.BytesIO(body), writer, self._reader)
        return msgspec.convert(read, self._row)
