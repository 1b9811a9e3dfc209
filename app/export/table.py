"""The tables: what each is called, which columns it has, of what it is made.

A table's columns are written down as an Avro record, whatever it is made of: rows and events bring
their schemas along, and what stands beside them is added here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args

from app.avro.names import STATE, Schema
from app.avro.repository import Repository, SchemaFile
from app.core.projection import TABLES
from app.core.vendors import VENDORS
from app.read.row_json import INTERNAL

What = Literal["conversations", "calls", "contacts", "events", "raw", "dead"]
WHATS: tuple[What, ...] = get_args(What)

WEBHOOKS, DEAD_LETTERS = "webhooks", "dead_letters"


class Table(NamedTuple):
    """`schema` has all its columns, in order; `file` is the schema of the records that it is made
    of, None where these are no Avro; `vendor` is whose event it is, empty where it is none.
    """

    name: str
    what: What
    schema: Schema
    file: SchemaFile | None = None
    vendor: str = ""


def tables(repository: Repository, *, internals: bool = False) -> dict[str, Table]:
    """All there are, by name. With `internals`, rows have their ledger and fold."""
    return {table.name: table for table in _tables(repository, internals)}


def _tables(repository: Repository, internals: bool) -> Iterator[Table]:
    for name in TABLES:
        yield _rows(f"{name}s", repository.latest(STATE, name), internals)
    for vendor in VENDORS:
        for event in vendor.events:
            file = repository.latest(vendor.name, event.schema)
            name = f"{vendor.name}.{event.name.rstrip('.')}"
            columns = [*_OF_EVENT, *file.schema["fields"]]
            yield Table(name, "events", _record(file.schema, columns), file, vendor.name)
    yield Table(WEBHOOKS, "raw", _RAW)
    yield Table(DEAD_LETTERS, "dead", _DEAD)


def _rows(name: Any, file: SchemaFile, internals: bool) -> Table:
    fields = [each for each in file.schema["fields"] if internals or each["name"] not in INTERNAL]
    return Table(name, name, _record(file.schema, [_KEY, *fields, _WRITTEN]), file)


def _record(of: Mapping[str, Any], fields: list[Any]) -> Schema:
    return {**of, "fields": fields}


def _column(name: str, kind: Any, *, null: bool = True) -> dict[str, Any]:
    return {"name": name, "type": ["null", kind] if null else kind}


_TIME = {"type": "long", "logicalType": "timestamp-micros"}
_HEADERS = {"type": "map", "values": ["null", "string"]}
_BODY = [_column("body", "string"), _column("body_bytes", "bytes")]
_KEY = _column("key", "string", null=False)
_WRITTEN = _column("written_at", _TIME, null=False)
_OF_EVENT = [  # no field of an event begins with _
    _column("_key", "string"),
    _column("_source", "string"),
    _column("_id", "string"),
    _column("_type", "string"),
    _column("_received_at", _TIME),
    _column("_raw", "string"),
]
_RAW: Schema = {
    "type": "record",
    "name": "Webhook",
    "namespace": "hookline.export",
    "fields": [
        _column("place", "string", null=False),
        _column("partition", "int", null=False),
        _column("offset", "long", null=False),
        _column("key", "string"),
        _column("source", "string"),
        _column("type", "string"),
        _column("id", "string"),
        _column("received_at", _TIME),
        _column("content_type", "string"),
        _column("headers", _HEADERS, null=False),
        *_BODY,
    ],
}
_DEAD: Schema = {
    "type": "record",
    "name": "DeadLetter",
    "namespace": "hookline.export",
    "fields": [
        _column("raw", "string"),
        _column("dead", "string", null=False),
        _column("open", "boolean", null=False),
        _column("redriven_as", "string"),
        _column("id", "string"),
        _column("type", "string"),
        _column("event", "string"),
        _column("key", "string"),
        _column("source", "string"),
        _column("received_at", _TIME),
        _column("reason", "string"),
        _column("path", "string"),
        _column("message", "string"),
        _column("fingerprint", "string"),
        _column("headers", _HEADERS, null=False),
        *_BODY,
    ],
}
