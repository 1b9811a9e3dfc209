"""The codecs of the three tables, with the ids that the lock gives their schemas."""

from __future__ import annotations

from app.avro.lock import Lock
from app.avro.names import STATE, Schema, SchemaId
from app.avro.published import UnknownSchema
from app.avro.repository import Repository, SchemaFile
from app.avro.rows import RowCodec
from app.core.projection import TABLES, Table


def row_codecs(repository: Repository, lock: Lock) -> dict[Table, RowCodec]:
    """They write the latest version of each table and read every locked one. Raises KeyError
    where the latest is not in the lock.
    """

    def schema_of(id: int) -> Schema:
        entry = lock.by_id.get(SchemaId(id))
        if entry is None:
            raise UnknownSchema(f"no schema has the id {id}: it is not in Hookline's lock")
        return repository[entry.name].schema

    latest: dict[Table, SchemaFile] = {table: repository.latest(STATE, table) for table in TABLES}
    return {
        table: RowCodec(table, file.schema, lock.by_name[file.name].id, schema_of)
        for table, file in latest.items()
    }


def row_schemas(repository: Repository) -> dict[Table, Schema]:
    """The latest of each table."""
    return {table: repository.latest(STATE, table).schema for table in TABLES}
