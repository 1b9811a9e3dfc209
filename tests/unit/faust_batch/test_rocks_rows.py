"""What rows in RocksDB leave to the next process, and what they must not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.faust_batch.rocks.database import DAMAGED, STALE_AFTER_S
from app.faust_batch.rocks.failure import RowsDamaged, RowsUnavailable
from app.faust_batch.rocks.folder import OwnFolder
from app.faust_batch.rocks.stores import RocksStores
from app.faust_batch.rows import Rows
from tests.unit.faust_batch.builders import records

THINGS = "state.things"
PARTITION = Path("0") / "0"  # the first process's folder, partition 0


def keep(root: Path, *values: bytes, topic: str = THINGS, **options: dict[str, str]) -> None:
    stores = RocksStores(root, **options)
    stores(topic, 0).restore(records(*values), len(values) - 1)
    stores.close()


def found(root: Path, topic: str = THINGS, **options: dict[str, str]) -> tuple[dict, int]:
    stores = RocksStores(root, **options)
    rows = stores(topic, 0)
    seen = dict(rows), rows.offset
    stores.close()
    return seen


def test_the_next_process_goes_on_after_what_they_include(tmp_path: Path) -> None:
    keep(tmp_path, b"one", b"two")
    assert found(tmp_path) == ({b"k": b"two"}, 1)


def test_tables_of_one_partition_do_not_meet(tmp_path: Path) -> None:
    keep(tmp_path, b"one")
    keep(tmp_path, b"other", b"newer", topic="state.things.more")
    assert found(tmp_path) == ({b"k": b"one"}, 0)
    stores = RocksStores(tmp_path)
    stores(THINGS, 0).forget()
    stores.close()
    assert found(tmp_path) == ({}, -1)
    assert found(tmp_path, "state.things.more") == ({b"k": b"newer"}, 1)


def test_a_partition_closes_with_the_last_of_its_tables(tmp_path: Path) -> None:
    stores = RocksStores(tmp_path)
    one, other = stores(THINGS, 0), stores("state.others", 0)
    one.restore(records(b"one"), 0)
    one.close()
    other.restore(records(b"other"), 0)
    other.close()
    again = stores(THINGS, 0)
    assert (again[b"k"], again.offset) == (b"one", 0)
    stores.close()


def test_what_nobody_acknowledged_is_gone_with_the_process(tmp_path: Path) -> None:
    stores = RocksStores(tmp_path)
    rows = stores(THINGS, 0)
    held = rows.hold([(b"a", b"acknowledged"), (b"b", b"under way"), (b"c", b"under way")])
    rows[b"d"] = b"not even sent"
    rows.include(held[:1], 0)
    rows.close()
    stores.close()
    assert found(tmp_path) == ({b"a": b"acknowledged"}, 0)


KILLED = """
import os, sys
from pathlib import Path
from app.faust_batch.rocks.stores import RocksStores
rows = RocksStores(Path(sys.argv[1]))("state.things", 0)
for n in range(40_000):
    held = rows.hold([(b"%d" % n, os.urandom(1_000)), (b"newest", b"%d" % n)])
    rows.include(held, n)
print(rows.offset, flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_killed_process_leaves_rows_as_old_as_their_offset(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    assert int(killed.stdout) == 39_999
    rows, offset = found(tmp_path)
    assert 0 < offset <= 39_999
    assert rows.pop(b"newest") == b"%d" % offset
    assert set(rows) == {b"%d" % n for n in range(offset + 1)}


def test_rows_of_a_topic_that_was_made_again_are_forgotten(tmp_path: Path) -> None:
    keep(tmp_path, b"one", topic_ids={THINGS: "first"})
    assert found(tmp_path, topic_ids={THINGS: "first"}) == ({b"k": b"one"}, 0)
    assert found(tmp_path, topic_ids={THINGS: "second"}) == ({}, -1)


def spoil(file: Path) -> None:
    file.write_bytes(bytes(byte ^ 255 for byte in file.read_bytes()))


@pytest.mark.parametrize("which", ["*.sst", "MANIFEST*", "CURRENT"])
@pytest.mark.parametrize("how", [Path.unlink, spoil])
def test_what_rocksdb_cannot_open_is_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, which: str, how: object
) -> None:
    keep(tmp_path, b"one")
    for file in (tmp_path / PARTITION).glob(which):
        how(file)  # type: ignore[operator]
    assert found(tmp_path) == ({}, -1)
    assert "are read from the changelog again: the rows in" in caplog.text
    keep(tmp_path, b"two")
    assert found(tmp_path) == ({b"k": b"two"}, 0)


def damaged_within(root: Path) -> None:
    """So that it opens, and only a read finds it."""
    stores = RocksStores(root)
    rows = stores(THINGS, 0)
    for n in range(20):
        rows.restore(records(*(os.urandom(5_000) for _ in range(10)), key=b"%d" % n), n)
    stores.close()
    for file in (root / PARTITION).glob("*.sst"):
        content = bytearray(file.read_bytes())
        content[100:20_000] = os.urandom(19_900)
        file.write_bytes(content)


def read_all(rows: Rows) -> None:
    for n in range(20):
        rows.get(b"%d" % n)


def test_damage_that_a_read_finds_ends_this_process_and_not_the_next(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged_within(tmp_path)
    stores = RocksStores(tmp_path)
    with pytest.raises(RowsDamaged, match="are damaged"):
        read_all(stores(THINGS, 0))
    assert (tmp_path / PARTITION / DAMAGED).exists()
    stores.close()
    assert found(tmp_path) == ({}, -1)
    assert "a read found them damaged" in caplog.text


def test_rows_that_are_closed_are_not_damaged(tmp_path: Path) -> None:
    stores = RocksStores(tmp_path)
    rows = stores(THINGS, 0)
    rows.restore(records(b"one"), 0)
    rows.close()
    with pytest.raises(RowsUnavailable, match="are closed"):
        rows.get(b"k")
    with pytest.raises(RowsUnavailable, match="are closed"):
        rows.restore(records(b"two"), 1)
    stores.close()
    assert found(tmp_path) == ({b"k": b"one"}, 0)


def test_a_newer_format_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("app.faust_batch.rocks.database.FORMAT", b"2")
        keep(tmp_path, b"one")
    assert found(tmp_path) == ({}, -1)
    assert "their format is b'2', this program knows b'1'" in caplog.text


def test_rows_that_may_have_missed_tombstones_are_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep(tmp_path, b"one")
    then = time.time() - STALE_AFTER_S - 60
    for file in (tmp_path / PARTITION).iterdir():
        os.utime(file, (then, then))
    assert found(tmp_path) == ({}, -1)
    assert "nobody used them for 12 hours" in caplog.text


DISK_FULL = """
import os, resource, sys
from pathlib import Path
from app.faust_batch.rocks.stores import RocksStores
rows = RocksStores(Path(sys.argv[1]))("state.things", 0)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
for n in range(200_000):
    rows.include(rows.hold([(b"%d" % n, os.urandom(1_000))]), n)
"""


def test_a_disk_that_takes_no_more_is_said_and_damages_nothing(tmp_path: Path) -> None:
    keep(tmp_path, b"one")
    full = subprocess.run(
        [sys.executable, "-c", DISK_FULL, str(tmp_path)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert full.returncode == 1
    assert b"RowsUnavailable" in full.stderr
    assert b"cannot be read or written: IO error" in full.stderr
    rows, offset = found(tmp_path)
    assert rows[b"k"] == b"one"
    assert offset >= 0


def test_processes_that_share_a_folder_have_parts_of_it_for_themselves(tmp_path: Path) -> None:
    first, second = RocksStores(tmp_path), RocksStores(tmp_path)
    first(THINGS, 0).restore(records(b"first"), 0)
    second(THINGS, 0).restore(records(b"second"), 0)
    first.close()
    assert found(tmp_path) == ({b"k": b"first"}, 0)
    second.close()


def test_a_folder_is_free_when_its_process_is_gone(tmp_path: Path) -> None:
    one, other = OwnFolder(tmp_path), OwnFolder(tmp_path)
    assert (one.path.name, other.path.name) == ("0", "1")
    one.release()
    assert OwnFolder(tmp_path).path.name == "0"
    other.release()
