"""Given a worker that has not come to the end, then what of a key waits for it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec
import pytest

from app.core.webhook import RawRecord
from app.kafka.log import MIB, Progress
from app.kafka.record import Record, Span
from app.read.waiting import MOST, MOST_BYTES, Backlog, Waiting, read_waiting, waiting_json
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, Installation
from tests.unit.read.memory_log import MemoryLog

CHAT = "varda/conversation/7"


@pytest.fixture
def hookline() -> Installation:
    """A conversation that the worker has come to, and another's message behind it."""
    hookline = Installation(partitions=1)
    hookline.receive(varda.message(7, 1, RECEIVED))
    hookline.work()
    hookline.receive(varda.message(8, 2, RECEIVED))
    return hookline


def receive(hookline: Installation, message: int) -> RawRecord:
    return hookline.receive(varda.message(7, message, RECEIVED))


def waiting(
    hookline: Installation, projected: Mapping[int, int] | None, *, after: int = -1
) -> Waiting:
    raw = hookline.topics.raw
    held = hookline.log.spans(raw)[0]
    return Backlog(hookline.log, raw, projected).waiting(CHAT, 0, held, after=after)


def test_nothing_of_it_does(hookline: Installation) -> None:
    assert waiting(hookline, hookline.projected) == Waiting()


def test_those_of_the_key_since_the_first_was_received(hookline: Installation) -> None:
    first, _ = receive(hookline, 3), receive(hookline, 4)
    found = waiting(hookline, hookline.projected)
    assert found == Waiting(webhooks=2, since=first.received_at)
    assert read_waiting(waiting_json(found)) == found


def test_what_no_endpoint_wrote_does_not_count(hookline: Installation) -> None:
    hookline.log.append(hookline.topics.raw, 0, CHAT.encode(), b"{}")
    assert waiting(hookline, hookline.projected) == Waiting()


def test_what_the_row_holds_already_does_not_wait(hookline: Installation) -> None:
    """The worker wrote it, and has not said yet that it has come there."""
    in_row, later = receive(hookline, 3), receive(hookline, 4)
    found = waiting(hookline, hookline.projected, after=in_row.offset)
    assert found == Waiting(webhooks=1, since=later.received_at)


def test_nobody_knows_how_far_the_worker_is(hookline: Installation) -> None:
    receive(hookline, 3)
    assert waiting(hookline, None) == Waiting()


def test_a_worker_that_says_it_is_beyond_the_end(hookline: Installation) -> None:
    """The topic was made anew under it."""
    assert waiting(hookline, {0: 99}) == Waiting()


def test_it_is_looked_for_among_so_many_only(hookline: Installation) -> None:
    hookline.crowd(0, MOST - 2)
    last = receive(hookline, 3)
    assert waiting(hookline, hookline.projected) == Waiting(webhooks=1, since=last.received_at)
    receive(hookline, 4)
    found = waiting(hookline, hookline.projected)
    assert found == Waiting(unsearched=MOST + 1)
    assert found.why_unsearched.startswith("50,001 webhooks of its partition wait")
    assert read_waiting(waiting_json(found)) == found


def test_it_is_looked_for_among_so_many_bytes_only(hookline: Installation) -> None:
    first = receive(hookline, 3)
    room, raw = MOST_BYTES - waiting_bytes(hookline), hookline.topics.raw
    for size in (*[MIB] * (room // MIB), room % MIB):
        hookline.log.append(raw, 0, b"nobody", bytes(size))
    assert waiting(hookline, hookline.projected) == Waiting(webhooks=1, since=first.received_at)
    hookline.log.append(raw, 0, b"nobody", b"1")
    assert waiting(hookline, hookline.projected) == Waiting(unsearched=MOST_BYTES // MIB + 3)


def waiting_bytes(hookline: Installation) -> int:
    (span,) = hookline.log.spans(hookline.topics.raw).values()
    rest = {0: Span(hookline.projected[0], span.end)}
    return sum(len(one.value or b"") for one in hookline.log.read(hookline.topics.raw, rest))


class TestOfManyLargeBodies:
    MANY = 40

    @pytest.fixture
    def hookline(self) -> Installation:
        """All of one key, a MiB each, and none is read twice the same."""
        hookline = Installation(1, log=FreshLog(1))
        first = receive(hookline, 1)
        for _ in range(self.MANY - 1):
            raw, headers = hookline.topics.raw, first.headers()
            hookline.log.append(raw, 0, first.key.encode(), bytes(MIB), headers)
        return hookline

    def test_none_is_held_to_count_them(self, hookline: Installation) -> None:
        found, most = while_held(lambda: waiting(hookline, hookline.projected))
        assert (found.webhooks, found.unsearched) == (self.MANY, 0)
        assert most < 8 * MIB

    def test_a_timeline_is_given_one_at_a_time(self, hookline: Installation) -> None:
        backlog = Backlog(hookline.log, hookline.topics.raw, hookline.projected)
        held = hookline.log.span(hookline.topics.raw, 0)
        found, most = while_held(lambda: sum(1 for _ in backlog.of_key(CHAT, 0, held)))
        assert found == self.MANY
        assert most < 8 * MIB


class FreshLog(MemoryLog):
    """What is read is new memory, as of Kafka."""

    def read(
        self,
        topic: str,
        spans: Mapping[int, Span] | None = None,
        progress: Progress | None = None,
    ) -> Iterator[Record]:
        for one in super().read(topic, spans, progress):
            yield msgspec.structs.replace(one, value=bytes(bytearray(one.value or b"")))


T = TypeVar("T")


def while_held(question: Callable[[], T]) -> tuple[T, int]:
    """The answer, and how many bytes were held at most until it was there."""
    tracemalloc.start()
    try:
        return question(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_timeline_has_all_of_it_however_much_waits(hookline: Installation) -> None:
    hookline.crowd(0, MOST)
    last = receive(hookline, 3)
    raw = hookline.topics.raw
    backlog = Backlog(hookline.log, raw, hookline.projected)
    found = backlog.of_key(CHAT, 0, hookline.log.spans(raw)[0])
    assert [one.offset for one in found] == [last.offset]
