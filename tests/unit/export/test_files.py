"""Given topics, then files."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from app.export import arrow_batches
from app.export.arrow_batches import Batches
from app.export.arrow_values import rows
from app.export.cells import plain
from app.export.folder import Folder
from app.export.json_files import JsonFiles
from app.export.line import Line
from app.export.origins import Origins
from app.export.parquet_files import ParquetFiles
from app.export.run import run
from tests.unit.export.centre import ALL, EVERY, as_json, centre, published, taken
from tests.unit.read.installation import Installation

Files = Callable[[Path], dict[str, Path]]


@pytest.fixture(scope="module")
def hookline() -> Installation:
    return centre()


def export(hookline: Installation, out: Path, kind: type[ParquetFiles] | type[JsonFiles]) -> Path:
    topics = hookline.topics
    with Folder(out, force=False) as folder:
        sink = kind(folder, EVERY)
        origins = Origins(hookline.log, topics, topics, published(), EVERY)
        run(origins.of([*EVERY], ALL), sink, lambda _: nullcontext())
        folder.commit([])
    return out


def read(path: Path) -> list[dict[str, Any]]:
    table = parquet.read_table(path)
    names = table.schema.names
    return [
        dict(zip(names, map(plain, row), strict=True))
        for batch in table.to_batches()
        for row in rows(batch)
    ]


def test_parquet_and_json_hold_what_was_taken(hookline: Installation, tmp_path: Path) -> None:
    found, _ = taken(hookline, [*EVERY])
    typed = export(hookline, tmp_path / "typed", ParquetFiles)
    lines = export(hookline, tmp_path / "lines", JsonFiles)
    assert sorted(path.stem for path in typed.iterdir()) == sorted(found)
    for name, of in found.items():
        expected = [as_json(name, row) for row in of]
        text = (lines / f"{name}.jsonl").read_text()
        assert [json.loads(line) for line in text.splitlines()] == expected
        assert read(typed / f"{name}.parquet") == expected


def test_duckdb_reads_what_pyarrow_reads(hookline: Installation, tmp_path: Path) -> None:
    for path in export(hookline, tmp_path / "out", ParquetFiles).iterdir():
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            reader = connection.from_parquet(str(path)).to_arrow_reader(1_000)
            found = [
                dict(zip(reader.schema.names, map(plain, row), strict=True))
                for batch in reader
                for row in rows(batch)
            ]
        assert found == read(path)


@pytest.mark.parametrize("kind", [ParquetFiles, JsonFiles])
def test_the_same_log_makes_the_same_files_byte_for_byte(
    hookline: Installation, tmp_path: Path, kind: type[ParquetFiles] | type[JsonFiles]
) -> None:
    one, other = (export(hookline, tmp_path / name, kind) for name in ("one", "other"))
    files = sorted(path.name for path in one.iterdir())
    assert files == sorted(path.name for path in other.iterdir())
    for name in files:
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_a_table_that_was_begun_is_there_without_rows(tmp_path: Path) -> None:
    with Folder(tmp_path, force=False) as folder:
        for kind in (ParquetFiles, JsonFiles):
            sink = kind(folder, EVERY)
            sink.begin("calls")
            sink.close()
        folder.commit([])
    assert parquet.read_table(tmp_path / "calls.parquet").num_rows == 0
    assert parquet.read_schema(tmp_path / "calls.parquet").field("total_ms").type == pa.int64()
    assert (tmp_path / "calls.jsonl").read_bytes() == b""


def _line(table: str, text: str) -> Line:
    values: dict[str, Any] = {f["name"]: None for f in EVERY[table].schema["fields"]}
    values |= {"place": "0:0", "partition": 0, "offset": 0, "headers": {}, "body": text}
    return Line(table, tuple(values.values()), len(text))


def test_row_groups_are_bounded_by_rows_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_batches, "MOST_ROWS", 3_000)
    monkeypatch.setattr(arrow_batches, "MOST_BYTES", 4 * arrow_batches.MIB)
    given: list[pa.Table] = []
    batches = Batches([EVERY["webhooks"]], lambda _, rows: given.append(rows))
    for _ in range(10_000):
        batches.add(_line("webhooks", "{}"))
    for _ in range(20):
        batches.add(_line("webhooks", "x" * arrow_batches.MIB))
    batches.close()
    assert sum(map(len, given)) == 10_020
    assert max(map(len, given)) <= 3_000
    assert max(one.nbytes for one in given) < 6 * arrow_batches.MIB


def test_all_tables_together_hold_no_more_than_their_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arrow_batches, "MOST_IN_ALL", 8 * arrow_batches.MIB)
    held: dict[str, int] = {}
    most = 0

    def flush(name: str, rows: pa.Table) -> None:
        held[name] -= rows.num_rows

    tables = [EVERY["webhooks"]._replace(name=f"t{n}") for n in range(30)]
    batches = Batches(tables, flush)
    for number in range(300):
        name = f"t{number % 30}"
        held[name] = held.get(name, 0) + 1
        batches.add(_line("webhooks", "x" * arrow_batches.MIB)._replace(table=name))
        most = max(most, sum(held.values()))
    batches.close()
    assert most <= 10
    assert set(held.values()) == {0}
