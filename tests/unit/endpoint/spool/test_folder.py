"""The spool in a folder: what outlives the process, what is shared, what is broken."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest

from app.endpoint.errors import SpoolBroken, SpoolFull
from app.endpoint.spool.file_spool import FileSpool
from app.endpoint.spool.frame import MAGIC
from app.endpoint.spool.segment_file import SegmentFile, take
from tests.unit.endpoint.spool.folder_spool import (
    NOW,
    broken_files,
    entries,
    files,
    folder_spool,
    records,
)
from tests.unit.endpoint.spool.webhooks import webhook


async def kept(folder: Path, count: int, segment_bytes: int = 1 << 16) -> FileSpool:
    """A spool with so many webhooks; the process that has it lives."""
    spool = folder_spool(folder, segment_bytes=segment_bytes)
    for number in range(count):
        await spool.keep(webhook(number))
    return spool


async def test_a_burst_costs_few_syncs_and_each_webhook_waits_for_its_own(tmp_path: Path) -> None:
    synced: list[int] = []

    def sync(fd: int) -> None:
        os.fdatasync(fd)
        synced.append(os.fstat(fd).st_size)

    spool = folder_spool(tmp_path, sync=sync, segment_bytes=1 << 20)
    await spool.keep(webhook())
    assert len(synced) == 1
    await asyncio.gather(*(spool.keep(webhook(number)) for number in range(1_000)))
    assert len(synced) < 20
    [file] = files(tmp_path)
    assert synced[-1] == file.stat().st_size
    await spool.close()


async def test_nothing_is_kept_before_it_is_synced(tmp_path: Path) -> None:
    may_sync = threading.Event()

    def sync(_fd: int) -> None:
        may_sync.wait()

    spool = folder_spool(tmp_path, sync=sync)
    keeping = asyncio.create_task(spool.keep(webhook()))
    await asyncio.wait([keeping], timeout=0.1)
    assert not keeping.done()
    may_sync.set()
    await keeping
    await spool.close()


async def test_a_disk_that_does_not_answer_is_said_in_time(tmp_path: Path) -> None:
    may_sync = threading.Event()

    def sync(_fd: int) -> None:
        may_sync.wait()

    spool = folder_spool(tmp_path, sync=sync)
    with pytest.raises(SpoolBroken):
        await spool.keep(webhook())
    assert "takes longer than 2 s" in str(spool.trouble())
    may_sync.set()
    await spool.keep(webhook(1))
    assert spool.trouble() is None
    assert await records(spool) == [webhook(), webhook(1)]  # the first was written after all
    await spool.close()


async def test_what_a_dead_process_left_is_taken_over_once(tmp_path: Path) -> None:
    dead = await kept(tmp_path, 50, segment_bytes=2_000)
    await dead.close()
    assert len(files(tmp_path)) > 2
    first, second = folder_spool(tmp_path), folder_spool(tmp_path)
    assert await records(first) == [webhook(number) for number in range(50)]
    assert await records(second) == []
    await first.close()
    await second.close()


async def test_processes_that_live_leave_each_others_files_alone(tmp_path: Path) -> None:
    first, second = await kept(tmp_path, 3), await kept(tmp_path, 5)
    assert (len(await records(first)), len(await records(second))) == (3, 5)
    assert len(files(tmp_path)) == 2
    await first.close()
    await second.close()


async def test_what_others_keep_counts_for_the_bound(tmp_path: Path) -> None:
    other = folder_spool(tmp_path)
    await other.keep(webhook(0, b"x" * 4_000))
    spool = folder_spool(tmp_path, max_bytes=5_000)
    await entries(spool)
    with pytest.raises(SpoolFull):
        await spool.keep(webhook(1, b"x" * 1_000))
    await other.close()
    await spool.close()


async def test_a_file_is_deleted_only_when_all_of_it_is_on_the_log(tmp_path: Path) -> None:
    spool = await kept(tmp_path, 20, segment_bytes=2_000)
    before = files(tmp_path)
    everything = await entries(spool)
    for entry in everything[1:]:
        entry.done()
    assert await records(spool) == [webhook(0)]
    assert files(tmp_path) == before[:1]
    everything[0].done()
    assert await records(spool) == []
    assert files(tmp_path) == []
    await spool.close()


async def test_a_crash_during_a_drain_drains_again(tmp_path: Path) -> None:
    spool = await kept(tmp_path, 5)
    for entry in (await entries(spool))[:4]:
        entry.done()
    await spool.close()
    again = folder_spool(tmp_path)
    assert await records(again) == [webhook(number) for number in range(5)]
    await again.close()


async def test_a_file_cut_at_any_byte_gives_what_was_whole(tmp_path: Path) -> None:
    spool = await kept(tmp_path, 3)
    await spool.close()
    [file] = files(tmp_path)
    data = file.read_bytes()
    for cut in range(len(data) + 1):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / file.name).write_bytes(data[:cut])
        broken = broken_files()
        spool = folder_spool(folder, broken=broken)
        found = await entries(spool)
        whole = max(0, cut - len(MAGIC)) // ((len(data) - len(MAGIC)) // 3)
        assert [entry.record for entry in found] == [webhook(number) for number in range(whole)]
        for entry in found:
            entry.done()
        assert await records(spool) == []
        assert list(folder.iterdir()) == []
        assert broken._value.get() == 0  # pyright: ignore
        await spool.close()


@pytest.mark.parametrize("part", ["magic", "first", "second", "third"])
async def test_of_a_damaged_file_all_else_is_recovered_and_it_is_set_aside(
    tmp_path: Path, part: str
) -> None:
    spool = await kept(tmp_path, 3)
    await spool.close()
    [file] = files(tmp_path)
    damaged = bytearray(file.read_bytes())
    third = (len(damaged) - 8) // 3
    at = {"magic": 3, "first": 40, "second": 8 + third + 40, "third": 8 + 2 * third + 40}[part]
    damaged[at] ^= 0x10
    file.write_bytes(damaged)
    broken = broken_files()
    spool = folder_spool(tmp_path, broken=broken)
    found = await entries(spool)
    lost = {"magic": None, "first": 0, "second": 1, "third": 2}[part]
    assert [e.record for e in found] == [webhook(number) for number in range(3) if number != lost]
    for entry in found:
        entry.done()
    assert await records(spool) == []
    [aside] = tmp_path.iterdir()
    assert aside.name == file.name + ".broken"
    assert aside.read_bytes() == damaged
    assert broken._value.get() == 1  # pyright: ignore
    await spool.close()
    again = folder_spool(tmp_path, broken=broken)
    assert await records(again) == []
    assert broken._value.get() == 1  # pyright: ignore
    await again.close()


async def test_a_file_of_anything_is_set_aside_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.spool").write_bytes(b"buy milk")
    (tmp_path / "1.host.1.0123456789abcdef.spool").write_bytes(os.urandom(10_000))
    (tmp_path / "folder.spool").mkdir()
    (tmp_path / "README").write_text("not ours")
    spool = await kept(tmp_path, 2)
    assert len(await records(spool)) == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.endswith(".broken")) == [
        "1.host.1.0123456789abcdef.spool.broken",
        "notes.spool.broken",
    ]
    assert (tmp_path / "README").exists()
    await spool.close()


async def test_a_file_that_people_named_back_is_drained(tmp_path: Path) -> None:
    spool = await kept(tmp_path, 2)
    await spool.close()
    [file] = files(tmp_path)
    file.rename(tmp_path / "mended.spool")
    again = folder_spool(tmp_path)
    assert await records(again) == [webhook(0), webhook(1)]
    await again.close()


async def test_a_file_with_what_kafka_refuses_is_set_aside_when_the_rest_is_drained(
    tmp_path: Path,
) -> None:
    spool = await kept(tmp_path, 3)
    for number, entry in enumerate(await entries(spool)):
        entry.refuse() if number == 1 else entry.done()
    assert await records(spool) == []
    [aside] = tmp_path.iterdir()
    assert aside.name.endswith(".broken")
    await spool.close()


async def test_a_disk_that_fails_loses_nothing_that_was_promised(tmp_path: Path) -> None:
    failing = False

    def sync(fd: int) -> None:
        if failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fdatasync(fd)

    spool = folder_spool(tmp_path, sync=sync)
    await spool.keep(webhook(1))
    failing = True
    for number in (2, 3):
        with pytest.raises(SpoolBroken):
            await spool.keep(webhook(number))
    assert "No space left on device" in str(spool.trouble())
    failing = False
    await spool.keep(webhook(4))
    assert spool.trouble() is None
    assert await records(spool) == [webhook(1), webhook(4)]
    await spool.close()
    again = folder_spool(tmp_path)
    assert await records(again) == [webhook(1), webhook(4)]
    await again.close()


async def test_a_folder_that_is_gone_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    spool = folder_spool(folder)
    folder.rmdir()
    with pytest.raises(SpoolBroken):
        await spool.keep(webhook())
    assert await records(spool) == []
    assert "No such file" in str(spool.trouble())
    folder.mkdir()
    await spool.keep(webhook())
    assert await records(spool) == [webhook()]
    await spool.close()


async def test_where_nothing_can_be_written_what_is_there_is_drained(tmp_path: Path) -> None:
    """Else a disk that the spool has filled would stay full."""
    left = await kept(tmp_path, 3)
    await left.close()
    in_the_way = tmp_path / f"try.{os.getpid()}"
    in_the_way.mkdir()
    spool = folder_spool(tmp_path)
    spool.broke("No space left on device")
    assert await records(spool) == [webhook(number) for number in range(3)]
    assert "Is a directory" in str(spool.trouble())
    await spool.close()


async def test_it_is_full_when_its_oldest_is_too_old(tmp_path: Path) -> None:
    now = NOW
    spool = folder_spool(tmp_path, max_age_s=60, now=lambda: now)
    await spool.keep(webhook(1, received_at=int(NOW * 1_000_000)))
    now = NOW + 61
    with pytest.raises(SpoolFull):
        await spool.keep(webhook(2))
    assert "waits for more than 60 s" in str(spool.trouble())
    for entry in await entries(spool):
        entry.done()
    await entries(spool)
    await spool.keep(webhook(3))
    await spool.close()


async def test_what_is_left_of_a_file_that_was_being_made_is_removed(tmp_path: Path) -> None:
    (tmp_path / "0.host.1.0123456789abcdef.spool.new").write_bytes(b"HOOK")
    spool = folder_spool(tmp_path)
    assert await records(spool) == []
    assert list(tmp_path.iterdir()) == []
    await spool.close()


def test_a_file_belongs_to_one_at_a_time_and_to_nobody_when_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "1.host.1.0123456789abcdef.spool"
    path.write_bytes(b"")
    held = take(path)
    assert isinstance(held, SegmentFile)
    assert take(path) is None
    held.delete()
    assert take(path) is None
