"""Every schema is a type of Arrow; what its records hold is what the columns hold."""

from __future__ import annotations

import io
from typing import Any

import fastavro
import pyarrow as pa
import pytest
from hypothesis import given
from pyarrow import parquet

from app.avro.examples import examples
from app.avro.fastavro_schema import fastavro_schema
from app.avro.lock import load_lock
from app.avro.repository import SchemaFile
from app.avro.wire import frame
from app.export.arrow_columns import Columns
from app.export.arrow_values import rows
from app.export.cells import plain
from app.export.records import Records, record_class, values_of
from app.export.table import Table, tables
from app.read.avro_json import RecordJson
from tests.unit.avro.any_schema import Schema, as_object, schemas_and_values
from tests.unit.export.centre import published
from tests.unit.read.installation import repository

EVERY = tables(repository(), internals=True)
MADE_OF_RECORDS = [name for name, table in EVERY.items() if table.file is not None]


def written(file: SchemaFile, value: dict[str, Any]) -> bytes:
    """As a topic holds it, by another library."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro_schema(file.schema), value)
    return frame(load_lock().by_name[file.name].id, out.getvalue())


def file_of(table: Table) -> SchemaFile:
    assert table.file is not None
    return table.file


@pytest.mark.parametrize("name", MADE_OF_RECORDS)
def test_of_every_event_and_row_columns_hold_what_its_json_shows(name: str) -> None:
    file = file_of(EVERY[name])
    columns, json = Columns(file.schema), RecordJson(file.schema)
    records = Records(published(), file)
    read = [records.read(written(file, value)) for value in examples(file.schema)]
    batch = columns.batch([values_of(file.schema)(record) for record in read])
    batch.validate(full=True)
    shown = [dict(zip(batch.schema.names, map(plain, row), strict=True)) for row in rows(batch)]
    assert shown == [json.of(record) for record in read]


@pytest.mark.parametrize("name", MADE_OF_RECORDS)
def test_what_an_older_version_wrote_is_read_as_the_newest_has_it(name: str) -> None:
    latest = file_of(EVERY[name])
    records, names = Records(published(), latest), {f["name"] for f in latest.schema["fields"]}
    for file in repository().versions(*latest.name[:2]):
        for value in examples(file.schema):
            record = records.read(written(file, value))
            again = RecordJson(file.schema).of(record)
            asked = RecordJson(file.schema).of(
                Records(published(), file).read(written(file, value))
            )
            assert again == asked
            assert RecordJson(latest.schema).of(record).keys() == names


@given(schemas_and_values())
def test_any_record_comes_back_from_parquet(pair: tuple[Schema, Any]) -> None:
    schema, value = _without_times(pair[0]), pair[1]
    columns = Columns(schema)
    batch = columns.batch([values_of(schema)(as_object(schema, value))] * 2)
    batch.validate(full=True)
    table, out = pa.Table.from_batches([batch]), io.BytesIO()
    parquet.write_table(table, out)
    assert parquet.read_table(out).equals(table)
    for row in rows(batch):
        assert dict(zip(batch.schema.names, row, strict=True)) == value


def test_types_are_those_of_the_schema() -> None:
    of = Columns(EVERY["calls"].schema).schema
    time = pa.timestamp("us", tz="UTC")
    assert of.field("key") == pa.field("key", pa.string(), nullable=False)
    assert of.field("started_at").type == of.field("written_at").type == time
    assert of.field("total_ms").type == pa.int64()
    assert of.field("partition").type == pa.int32()
    assert of.field("dialer").type == pa.bool_()
    assert of.field("attributes").type.key_type == pa.string()
    assert of.field("agent").type.field("extension").type == pa.string()
    outcome = of.field("outcomes").type.value_type
    assert outcome.field("revenue_cents").type == pa.int64()
    assert outcome.field("tagged_at") == pa.field("tagged_at", time, nullable=False)


def test_no_column_stands_twice_whatever_its_case() -> None:
    """DuckDB tells names apart by more than their case."""
    for table in EVERY.values():
        names = [field["name"].casefold() for field in table.schema["fields"]]
        assert len(names) == len(set(names)), table.name


def test_every_schema_of_an_event_is_a_table_of_its_own() -> None:
    found = [file_of(table).name[:2] for table in EVERY.values() if table.what == "events"]
    assert sorted(found) == sorted(line for line in repository().lines() if line[0] != "state")


def test_classes_have_every_field() -> None:
    for name in MADE_OF_RECORDS:
        schema = file_of(EVERY[name]).schema
        assert [*record_class(schema).__struct_fields__] == [f["name"] for f in schema["fields"]]


def _without_times(kind: Any) -> Any:
    """Most longs are no time that Python has."""
    if isinstance(kind, dict):
        return {key: _without_times(one) for key, one in kind.items() if key != "logicalType"}
    return [_without_times(one) for one in kind] if isinstance(kind, list) else kind
