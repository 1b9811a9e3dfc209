"""Queries over tables, and what a query cannot do."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.cli.sql import AT_ONCE
from app.export.arrow_batches import MIB
from app.export.arrow_values import rows
from app.export.duckdb_database import Database, database
from app.export.folder import Folder
from app.export.origins import Origins
from app.export.parquet_files import ParquetFiles
from app.export.query import NoRoom, QueryFailed
from app.export.run import run
from tests.unit.export.centre import ALL, EVERY, centre, published, taken
from tests.unit.read.installation import Installation


@pytest.fixture(scope="module")
def hookline() -> Installation:
    return centre(200)


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """All of them, empty."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with database("256MB") as made:
        made.create(EVERY)
        yield made
    assert not [*tmp_path.glob("hookline-sql-*")]


def load(hookline: Installation, into: Any, names: list[str]) -> None:
    topics = hookline.topics
    origins = Origins(hookline.log, topics, topics, published(), EVERY)
    run(origins.of(names, ALL), into, lambda _: nullcontext())


@pytest.fixture
def files(hookline: Installation, tmp_path: Path) -> list[Path]:
    """In a folder whose name means something to patterns and to SQL."""
    with Folder(tmp_path / "it's [a] *?", force=False) as folder:
        load(hookline, ParquetFiles(folder, EVERY), ["conversations", "webhooks"])
        return [one.path for one in folder.commit([])]


def asked(of: Database, query: str) -> list[tuple[Any, ...]]:
    of.named(query)
    _, batches = of.run(query, 100)
    return [row for batch in batches for row in rows(batch)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("from calls", {"calls"}),
        ("select count(*) from CALLS c join conversations using (key)", {"calls", "conversations"}),
        ('with calls as (from "voiso.user") from calls', {"voiso.user"}),
        ("select (select max(key) from contacts)", {"contacts"}),
        ("from (summarize conversations)", {"conversations"}),
        ("describe calls", {"calls"}),
        ("pivot calls on phase using count(*)", {"calls"}),
        ("/* é ( */ ((pivot calls on phase using count(*))); -- x", {"calls"}),
        ("with c as (pivot calls on phase using count(*)) from c", {"calls"}),
        ("from query('from contacts')", {"contacts"}),
        ("from query('from ' || 'contacts')", {*EVERY}),
        (
            "with recursive n(i) as (select 1 union all select i + 1 from n, calls where i < 3) "
            "from n",
            {"calls"},
        ),
        ("from calls join query('from ' || 'contacts') using (key)", {*EVERY}),
        ("show tables", set()),
        ("values (1)", set()),
    ],
)
def test_the_tables_that_a_query_names(tables: Database, query: str, names: set[str]) -> None:
    assert {*tables.named(query)} == names


def test_a_query_finds_what_was_loaded(hookline: Installation, tables: Database) -> None:
    query = "select key, started_at, outcomes from calls order by key"
    names = tables.named(query)
    assert names == ["calls"]
    load(hookline, tables, names)
    found, _ = taken(hookline, ["calls"])
    assert [row[0] for row in asked(tables, query)] == sorted(row["key"] for row in found["calls"])
    assert asked(tables, "select count(*) from webhooks") == [(0,)]


def test_exported_files_are_queried_as_the_topics_are(
    hookline: Installation, tables: Database, files: list[Path]
) -> None:
    load(hookline, tables, ["conversations", "webhooks"])
    with database("256MB") as of_files:
        of_files.look_into(files)
        for table in ("conversations", "webhooks"):
            query = f"from {table} order by all"
            assert asked(of_files, query) == asked(tables, query) != []


def test_a_folder_s_name_is_no_pattern(tmp_path: Path) -> None:
    """Whether the file that it would fit is there, or its own."""
    for folder, place in (("la[k]e", "asked"), ("lake", "other"), ("l?[a]*", "stars")):
        (tmp_path / folder).mkdir()
        parquet.write_table(pa.table({"place": [place]}), tmp_path / folder / "webhooks.parquet")
    for folder, place in (("la[k]e", "asked"), ("lake", "other"), ("l?[a]*", "stars")):
        with database("256MB") as of_files:
            of_files.look_into([tmp_path / folder / "webhooks.parquet"])
            assert asked(of_files, "from webhooks") == [(place,)]


@pytest.mark.parametrize("name", ["folder.parquet", "text.parquet", "nothing.parquet"])
def test_what_is_no_parquet_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.parquet").mkdir()
    (tmp_path / "text.parquet").write_text("no Parquet")
    with database("256MB") as of_files, pytest.raises(QueryFailed, match=name):
        of_files.look_into([tmp_path / name])


def test_of_a_file_a_row_group_at_a_time_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.parquet"
    groups = pa.table({"body": ["x" * MIB] * 200})
    parquet.write_table(groups, path, row_group_size=4)
    del groups
    with database("256MB") as of_files:
        of_files.look_into([path])
        before, most = pa.total_allocated_bytes(), 0
        _, batches = of_files.run("from webhooks", 4)
        for _ in batches:
            most = max(most, pa.total_allocated_bytes() - before)
    assert most < 48 * MIB  # there are some on their way through DuckDB


PIVOT = "pivot webhooks on key using count(*)"
WRITE = "copy (select 1 as x) to '{there}/webhooks.parquet' (use_tmp_file false)"
READS_OR_WRITES = [
    "select * from read_text('/etc/passwd')",
    "from '/etc/passwd'",
    "from read_csv('/etc/passwd')",
    "from read_parquet('/tmp/*.parquet')",
    "from glob('/etc/*')",
    "from read_csv('http://127.0.0.1:1/x')",
    "copy (select 1) to '{there}/stolen.csv'",
    "copy (select 1 as x) to '{there}/conversations.parquet' (use_tmp_file false)",
    "explain analyze copy (select 1 as x) to '{there}/webhooks.parquet' (use_tmp_file false)",
    f"copy ({PIVOT}) to '{{there}}/webhooks.parquet' (format csv, use_tmp_file false)",
    f"create table x as {PIVOT}",
    f"create temp table x as {PIVOT}",
    f"insert into webhooks from (from webhooks where place in (select key from ({PIVOT})))",
    f"explain analyze create temp table x as {PIVOT}",
    f"set variable x = (select key from ({PIVOT}))",
    f"with x as ({WRITE}) from x",
    f"with x as ({WRITE}) {PIVOT}",
    f"from query($$with x as ({WRITE}) from x$$)",
    "with x as (insert into webhooks from webhooks returning *) from x",
    "with x as (delete from webhooks returning *) from x",
    f"with x as ({PIVOT}) delete from webhooks",
    "export database '{there}'",
    "attach '{there}/other.db'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set memory_limit = '1TB'",
    "reset lock_configuration",
    "pragma enable_profiling",
    "create table x as select 1",
    "drop table calls",
    "select 1; select 2",
    "",
    "-- nothing",
    "select nothing from conversations",
    "from no_such_table",
    "from voiso.user",
    "from hookline",
    "selec 1",
    "select ?",
]


@pytest.mark.parametrize("query", READS_OR_WRITES)
def test_a_query_reads_its_tables_and_nothing_else(
    tables: Database, files: list[Path], query: str
) -> None:
    query = query.replace("{there}", str(files[0].parent).replace("'", "''"))
    before = {path: path.read_bytes() for path in files[0].parent.iterdir()}
    hookline = EVERY  # noqa: F841 - a name that DuckDB could find in Python
    with pytest.raises(QueryFailed) as failed:
        asked(tables, query)
    assert str(failed.value)
    with database("256MB") as of_files, pytest.raises(QueryFailed):
        of_files.look_into(files)
        asked(of_files, query)
    assert {path: path.read_bytes() for path in files[0].parent.iterdir()} == before


def test_what_goes_wrong_on_the_way_is_a_failure_of_the_query(tables: Database) -> None:
    with pytest.raises(QueryFailed, match="Could not convert"):
        asked(
            tables,
            "select case when i < 5000 then 0 else ('x' || i)::int end from range(10000) t(i)",
        )


def test_rows_are_taken_few_at_a_time_for_bodies_are_long(tables: Database) -> None:
    _, batches = tables.run("select repeat('x', 1 << 20) body from range(200)", AT_ONCE)
    sizes = [batch.nbytes for batch in batches]
    assert sum(sizes) > 200 * MIB
    assert max(sizes) < 40 * MIB


def test_times_are_utc(tables: Database) -> None:
    assert asked(tables, "select '2026-06-01 12:00:00+00'::timestamptz::text") == [
        ("2026-06-01 12:00:00+00",)
    ]


def test_more_than_fits_into_memory_is_on_disk(tables: Database) -> None:
    """Sorted, 400 MB of text within 256 MB."""
    query = (
        "select max(n) from (select row_number() over (order by hash(i)) n, "
        "repeat('x', 100) || i as t from range(2000000) r(i))"
    )
    assert asked(tables, query) == [(2_000_000,)]


def test_what_fits_nowhere_is_said(tables: Database) -> None:
    with pytest.raises(NoRoom):
        asked(tables, "select list(repeat('x', 1000) || i) from range(1000000) t(i)")


def test_a_ctrl_c_is_heard_while_it_thinks(tables: Database) -> None:
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    began = time.monotonic()
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            asked(tables, "select count(*) from range(100000000) a, range(1000000) b")
    finally:
        signal.signal(signal.SIGINT, handler)
        timer.cancel()
    assert time.monotonic() - began < 20
