"""One record of the raw log becomes an Avro event and a changed row."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

import fastavro
import msgspec

from tests.benchmarks.light.events import EVENTS, avro_of
from tests.benchmarks.light.rows import Row, fold, new_row

FRAME = b"\0\0\0\0\1"  # the head of Confluent's wire format


class Taken(NamedTuple):
    """The row, changed in place or new; the event encoded, None where it was there before."""

    row: Row
    event: bytes | None


class Job:
    """`say`: print a line with the first record, which is where the clock of an engine starts."""

    def __init__(self, *, say: bool = True) -> None:
        self._decode = {name: msgspec.json.Decoder(kind).decode for name, kind in EVENTS.items()}
        self._events = {name: fastavro.parse_schema(avro_of(kind)) for name, kind in EVENTS.items()}
        self._row = fastavro.parse_schema(avro_of(Row))
        self._begun = not say

    def take(
        self,
        row: Row | None,
        headers: Iterable[tuple[str, bytes]] | None,
        value: bytes,
        offset: int,
    ) -> Taken | None:
        """None for a record that cannot be decoded."""
        if not self._begun:
            print("ready", flush=True)
            self._begun = True
        named = dict(headers or ())
        kind = named["ce_type"].decode()
        decode = self._decode.get(kind)
        if decode is None:
            return None
        try:
            event: Any = decode(value)
            data = event["data"]
            if row is None:
                row = new_row(
                    data.get("conversation_id") or data.get("id") or 0, event["timestamp"]
                )
            new = fold(row, kind, event, bytes.fromhex(named["ce_id"][:16].decode()), offset)
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
            return None
        return Taken(row, _encoded(self._events[kind], event) if new else None)

    def dumps(self, row: Row) -> bytes:
        return _encoded(self._row, row)

    def loads(self, data: bytes) -> Row:
        return cast(
            Row, fastavro.schemaless_reader(io.BytesIO(data[len(FRAME) :]), self._row, None)
        )


def _encoded(schema: Any, value: Any) -> bytes:
    out = io.BytesIO()
    out.write(FRAME)
    fastavro.schemaless_writer(out, schema, value)
    return out.getvalue()
