"""What every spool holds to: the one in a folder, and its twin in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.endpoint.errors import SpoolFull
from app.endpoint.spool.memory import MemorySpool
from app.endpoint.spool.port import Spool
from tests.unit.endpoint.spool.folder_spool import entries, folder_spool, records
from tests.unit.endpoint.spool.webhooks import webhook


@pytest.fixture(params=["folder", "memory"])
async def spool(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Spool]:
    one = folder_spool(tmp_path) if request.param == "folder" else MemorySpool()
    yield one
    await one.close()


async def test_what_is_kept_comes_out_in_its_order_until_it_is_done(spool: Spool) -> None:
    kept = [webhook(number, b"x" * number) for number in range(300)]
    for record in kept:
        await spool.keep(record)
    assert await records(spool) == kept
    for entry in (await entries(spool))[:200]:
        entry.done()
    assert await records(spool) == kept[200:]
    assert spool.contents().entries == 100
    for entry in await entries(spool):
        entry.done()
    assert await records(spool) == []
    assert spool.contents().entries == 0
    assert spool.contents().oldest_at is None


async def test_many_at_once_are_all_kept(spool: Spool) -> None:
    kept = [webhook(number) for number in range(500)]
    await asyncio.gather(*map(spool.keep, kept))
    assert sorted(record.id for record in await records(spool)) == [record.id for record in kept]


async def test_its_contents_are_counted(spool: Spool) -> None:
    assert (spool.contents().entries, spool.contents().oldest_at) == (0, None)
    await spool.keep(webhook(7, b"x" * 1_000))
    await spool.keep(webhook(9, b"x" * 1_000))
    contents = spool.contents()
    assert contents.entries == 2
    assert 2_000 < contents.bytes < 3_000
    assert contents.oldest_at == webhook(7).received_at


async def test_what_kafka_acknowledges_late_is_not_drained(spool: Spool) -> None:
    fates = [asyncio.get_running_loop().create_future() for _ in range(3)]
    for number, fate in enumerate(fates):
        await spool.keep(webhook(number), fate)
    fates[0].set_result(True)
    fates[1].set_result(False)
    await asyncio.sleep(0)
    first, second = await entries(spool)
    assert (first.record, first.fate) == (webhook(1), None)
    assert (second.record, second.fate) == (webhook(2), fates[2])
    assert spool.contents().entries == 2


async def test_what_was_acknowledged_before_it_was_kept_is_done(spool: Spool) -> None:
    fate = asyncio.get_running_loop().create_future()
    fate.set_result(True)
    await spool.keep(webhook(), fate)
    await asyncio.sleep(0)
    assert await records(spool) == []


async def test_what_was_sent_is_under_way_until_its_fate_is_known(spool: Spool) -> None:
    await spool.keep(webhook())
    fate = asyncio.get_running_loop().create_future()
    [entry] = await entries(spool)
    entry.under_way(fate)
    [entry] = await entries(spool)
    assert entry.fate is fate
    fate.set_result(False)
    await asyncio.sleep(0)
    [entry] = await entries(spool)
    assert entry.fate is None


async def test_what_kafka_refuses_is_not_drained_again_and_stops_no_other(spool: Spool) -> None:
    await asyncio.gather(*(spool.keep(webhook(number)) for number in range(3)))
    (await entries(spool))[1].refuse()
    assert [record.id[-1] for record in await records(spool)] == ["0", "2"]
    assert spool.contents().entries == 2


async def test_it_takes_nothing_once_it_is_full_and_something_when_it_is_drained(
    tmp_path: Path,
) -> None:
    for spool in (folder_spool(tmp_path, max_bytes=1_500), MemorySpool(max_entries=2)):
        assert spool.trouble() is None
        await spool.keep(webhook(0, b"x" * 500))
        await spool.keep(webhook(1, b"x" * 500))
        with pytest.raises(SpoolFull):
            await spool.keep(webhook(2, b"x" * 500))
        for entry in await entries(spool):
            entry.done()
        await entries(spool)
        await spool.keep(webhook(3, b"x" * 500))
        assert await records(spool) == [webhook(3, b"x" * 500)]
        await spool.close()
