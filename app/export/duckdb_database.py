"""A DuckDB for as long as one query takes: on disk, so that memory stays bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from app.export.arrow_batches import Batches
from app.export.interruptible import Interruptible, interruptible
from app.export.line import Line
from app.export.parquet_source import ParquetSource
from app.export.query import NoRoom, QueryFailed
from app.export.table import Table

_ARRIVING = "arriving rows"
_MAKES_NAMES = re.compile(r"\bquery(_table)?\s*\(", re.IGNORECASE)
_NO_ROOM = ("Out of Memory Error", "No space left on device", "failed to pin block")
# Not EXPLAIN: it runs what it analyses, which may write.
_READS = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.MULTI})
# A PIVOT makes several statements of DuckDB's of whatever it stands in.
_BEGINS_TO_READ = frozenset({b"pivot", b"pivot_wider", b"unpivot", b"from", b"select", b"with"})
_WORD = re.compile(rb"\w+")


class Database:
    """First its tables are created, or files are looked into; then it can reach nothing else, and a
    query is run, in a transaction that only reads: WITH takes INSERT and COPY, too. It is a sink:
    see `app.export.sink`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, do: Interruptible) -> None:
        self._connection = connection
        self._do = do
        self._names: dict[str, str] = {}
        self._batches = Batches((), self._insert)

    def create(self, tables: Mapping[str, Table]) -> None:
        """All of them, empty."""
        self._batches = Batches(tables.values(), self._insert)
        self._connection.begin()
        for name in tables:
            self._names[name.casefold()] = name
            self._from(
                self._batches.schema(name).empty_table(),
                f"CREATE TABLE {_quoted(name)} AS FROM {_quoted(_ARRIVING)}",
            )
        self._connection.commit()
        self._lock()

    def look_into(self, files: Sequence[Path]) -> None:
        """Parquet files, as views of their names. DuckDB is not given the paths: what it may read,
        a query may overwrite.
        """
        with _failures():
            for path in files:
                self._names[path.stem.casefold()] = path.stem
                self._connection.register(path.stem, _source(path))
        self._lock()

    def columns(self) -> Iterator[tuple[str, str, str]]:
        """Of each table: its name, the column's, the column's type."""
        found = self._connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY table_oid, column_index"
        )
        yield from found.fetchall()

    def named(self, query: str) -> list[str]:
        """The tables that one query reads. Raises QueryFailed where it is no query, or not one, or
        does anything else than to read.
        """
        with _failures():
            statements = self._connection.extract_statements(query)
            if len(statements) != 1:
                count = "are several statements" if statements else "is no statement"
                raise QueryFailed(f"there {count} in it, where one query is expected")
            [statement] = statements
            if statement.type not in _READS:
                raise QueryFailed(f"{statement.type.name} is not run: a query reads")
            if statement.type is duckdb.StatementType.MULTI and not _begins_to_read(query):
                raise QueryFailed("what stands around PIVOT is not run: a query reads")
            if statement.type is duckdb.StatementType.SELECT:
                self._connection.sql(query)  # its columns are there; nothing is run yet
        found = self._found(query)
        return [name for folded, name in self._names.items() if folded in found]

    def _found(self, query: str) -> set[str]:
        """DuckDB cannot tell the tables of PIVOT, nor of some queries that it runs all the same
        (JOIN with USING): there, those that stand in the text, or all where it may make names up.
        """
        try:
            return {name.casefold() for name in self._connection.get_table_names(query)}
        except duckdb.Error:
            if _MAKES_NAMES.search(query):
                return {*self._names}
            return {folded for folded in self._names if folded in query.casefold()}

    def run(self, query: str, most: int) -> tuple[list[str], Iterator[pa.RecordBatch]]:
        """The names of its columns, and its rows, `most` at a time. Raises QueryFailed, at any
        time.
        """
        with _failures():
            with suppress(duckdb.TransactionException):  # there is none yet
                self._connection.rollback()
            self._connection.execute("BEGIN TRANSACTION READ ONLY")
            reader = self._do(lambda: self._connection.sql(query).to_arrow_reader(most))
        return list(reader.schema.names), self._batches_of(reader)

    def _batches_of(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        while (batch := self._next(reader)) is not None:
            yield batch

    def _next(self, reader: pa.RecordBatchReader) -> pa.RecordBatch | None:
        try:
            with _failures():
                return self._do(reader.read_next_batch)
        except StopIteration:
            return None
        except OSError as error:  # so Arrow has DuckDB's errors on the way
            raise _failed(error) from error

    def begin(self, table: str) -> None:
        """It is there."""

    def add(self, line: Line) -> None:
        self._batches.add(line)

    def close(self) -> None:
        self._batches.close()

    def _lock(self) -> None:
        """From here on there is no file and no network."""
        for setting in ("enable_external_access = false", "lock_configuration = true"):
            self._connection.execute(f"SET {setting}")

    def _insert(self, table: str, rows: pa.Table) -> None:
        self._from(rows, f"INSERT INTO {_quoted(table)} FROM {_quoted(_ARRIVING)}")

    def _from(self, rows: pa.Table, statement: str) -> None:
        with _failures():
            self._connection.register(_ARRIVING, rows)
            self._do(lambda: self._connection.execute(statement))
            self._connection.unregister(_ARRIVING)


@contextmanager
def database(memory: str) -> Iterator[Database]:
    """An empty one, in a temporary folder that is gone when it is left. `memory` is how much it may
    take, as DuckDB has it: 1GB. Raises QueryFailed where that is none.
    """
    with TemporaryDirectory(prefix="hookline-sql-") as folder, _failures():
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(Path(folder, "spilled")),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        }
        connection = duckdb.connect(str(Path(folder, "tables.duckdb")), config=config)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            with interruptible(connection.interrupt) as do:
                yield Database(connection, do)
        finally:
            connection.close()


def _begins_to_read(query: str) -> bool:
    """Behind comments and parentheses."""
    text = query.encode()
    begins = (_WORD.match(text, at) for at, _ in duckdb.tokenize(query))
    return next((word[0].lower() in _BEGINS_TO_READ for word in begins if word), False)


def _source(path: Path) -> ParquetSource:
    try:
        return ParquetSource(path)
    except OSError as error:
        raise _failed(error) from error


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        raise _failed(error) from error


def _failed(error: Exception) -> QueryFailed:
    text = str(error)
    return NoRoom(text) if any(words in text for words in _NO_ROOM) else QueryFailed(text)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
