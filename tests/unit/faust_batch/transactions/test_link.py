"""What brokers answer: done, try again, another coordinator, not ours any more, or for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from aiokafka import errors

from app.faust_batch.transactions.link import Link
from app.faust_batch.transactions.lost import OURS_NO_MORE, Lost


class MemoryClient:
    """Looks coordinators up, one after the other."""

    def __init__(self) -> None:
        self.looked_up: list[str] = []
        self.asked: list[tuple[int, object]] = []
        self.updates = 0

    async def coordinator_lookup(self, kind: int, key: str) -> int:
        self.looked_up.append(key)
        return len(self.looked_up)

    async def send(self, node: int, request: object, group: str) -> object:
        self.asked.append((node, request))
        return request

    def force_metadata_update(self) -> None:
        self.updates += 1


class Setting:
    def __init__(self, within: float = 10) -> None:
        self.client: Any = MemoryClient()
        self.link = Link(self.client, "id", within)
        self.attempts = 0

    async def try_until(self, *answers: int | Exception) -> None:
        """Each attempt asks the coordinator and has one of these answers."""

        async def attempt() -> Iterable[int]:
            answer = answers[self.attempts]
            self.attempts += 1
            await self.link.ask_transactions(self.attempts)
            if isinstance(answer, Exception):
                raise answer
            return [0, answer]

        await self.link.until_done(attempt)


async def test_a_coordinator_is_looked_up_once() -> None:
    setting = Setting()
    await setting.try_until(0)
    await setting.link.ask_transactions("more")
    await setting.link.ask_group("group", "other")
    assert setting.client.looked_up == ["id", "group"]
    assert setting.client.asked == [(1, 1), (1, "more"), (2, "other")]


@pytest.mark.parametrize("code", [51, 7, 19, 27])
async def test_what_passes_is_tried_again(code: int) -> None:
    setting = Setting()
    await setting.try_until(code, code, 0)
    assert setting.attempts == 3
    assert setting.client.looked_up == ["id"]


@pytest.mark.parametrize("code", [14, 15, 16])
async def test_who_does_not_coordinate_any_more_is_looked_up_anew(code: int) -> None:
    setting = Setting()
    await setting.try_until(code, 0)
    assert setting.client.looked_up == ["id", "id"]


@pytest.mark.parametrize("error", [errors.KafkaConnectionError(), errors.NodeNotReadyError()])
async def test_a_broker_that_goes_away_is_awaited(error: Exception) -> None:
    setting = Setting()
    await setting.try_until(error, 0)
    assert setting.attempts == 2
    assert setting.client.updates == 1


async def test_a_leader_that_moved_is_asked_for() -> None:
    setting = Setting()
    await setting.try_until(6, 0)
    assert setting.client.updates == 1


@pytest.mark.parametrize("code", OURS_NO_MORE)
async def test_a_partition_that_is_another_s_is_lost(code: int) -> None:
    with pytest.raises(Lost, match="id: "):
        await Setting().try_until(code)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (10, errors.MessageSizeTooLargeError),
        (53, errors.TransactionalIdAuthorizationFailed),
        (45, errors.OutOfOrderSequenceNumber),
        (errors.IncompatibleBrokerVersion(), errors.IncompatibleBrokerVersion),
    ],
)
async def test_what_nothing_mends_is_raised(
    answer: int | Exception, error: type[Exception]
) -> None:
    setting = Setting()
    with pytest.raises(error):
        await setting.try_until(answer)
    assert setting.attempts == 1


async def test_time_is_up_some_time() -> None:
    with pytest.raises(errors.KafkaTimeoutError, match="ConcurrentTransactions"):
        await Setting(within=0).try_until(51)


async def test_topics_that_were_not_tried_for_another_s_sake_say_nothing() -> None:
    setting = Setting()
    await setting.try_until(55)
    assert setting.attempts == 1
