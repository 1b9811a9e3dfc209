"""Given a raw log, then the rows of a shadow."""

from __future__ import annotations

import pytest

from app.core.projection import Table
from app.errors import UserError
from app.kafka.topics import Topics
from app.read.rows import RowReader
from app.replay.rebuild import Rebuild, Rebuilt
from app.replay.selection import Selection
from app.replay.shadow import shadow_of
from app.replay.verify import Verification
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue
from tests.unit.read.memory_log import MemoryLog


class MemoryWriter:
    """The twin in memory of app.kafka.writer.Writer: what is not settled is not there."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._waiting: list[tuple[str, int, bytes, bytes | None]] = []

    def write(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None:
        self._waiting.append((topic, partition, key, value))

    def settle(self) -> None:
        for record in self._waiting:
            self._log.append(*record)
        self._waiting.clear()


@pytest.fixture
def hookline() -> Installation:
    hookline = Installation()
    for n in range(200):
        hookline.receive(varda.message(7, n, at(n)))
        if n % 40 == 0:
            hookline.receive(varda.message(8, n, at(n)))
            hookline.receive(varda.call("started", n, at(n), started_at=at(n)))
            hookline.work()
    hookline.receive(b"{broken")
    hookline.receive({"agentId": "a"}, source="convocore")
    hookline.work()
    return hookline


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def rebuild(hookline: Installation, selection: Selection | None = None) -> tuple[Topics, Rebuilt]:
    shadow = shadow_of(hookline.topics, "new")
    for topic in shadow:
        hookline.log.create(topic)
    run = Rebuild(
        hookline.log,
        hookline.topics,
        shadow,
        catalogue(),
        hookline.codecs,
        MemoryWriter(hookline.log),
        selection or Selection(),
    )
    return shadow, run.run()


def values(hookline: Installation, topics: Topics) -> dict[tuple[str, int, bytes], bytes]:
    """The newest value of every row and segment, by topic (without prefix), partition, key."""
    return {
        (topic.removeprefix(topics.prefix), record.partition, record.key or b""): record.value
        or b""
        for topic in (*topics.state, topics.ledger)
        for record in hookline.log.read(topic)
    }


def test_rows_and_segments_are_those_of_the_worker_byte_for_byte(hookline: Installation) -> None:
    shadow, rebuilt = rebuild(hookline)
    live = values(hookline, hookline.topics)
    assert values(hookline, shadow) == live
    assert any(topic == "state.ledger" for topic, _, _ in live)
    assert rebuilt.rows == {"conversation": 2, "call": 5}
    assert rebuilt.effects == {"applied": 210, "dead": 2}


@pytest.mark.parametrize("sources", [(), ("varda",)])
@pytest.mark.parametrize("key", [b"\xff\xfe", b"varda/conversation/\xff", b""])
def test_a_raw_key_that_is_no_text_stops_nothing(
    hookline: Installation, key: bytes, sources: tuple[str, ...]
) -> None:
    whole = next(hookline.log.read(hookline.topics.raw))
    hookline.log.append(hookline.topics.raw, 0, key, whole.value, whole.headers)
    shadow, _ = rebuild(hookline, Selection(sources=sources))
    assert values(hookline, shadow) == values(hookline, hookline.topics)


def test_a_shadow_proves_itself(hookline: Installation) -> None:
    shadow, rebuilt = rebuild(hookline)
    rows = RowReader(hookline.log, shadow, hookline.codecs, hookline.rows.json)
    check = Verification(rows, hookline.topics, catalogue(), projected=rebuilt.ends)
    assert {finding.verdict for finding in check.all()} == {"equal"}


def test_each_row_is_written_once(hookline: Installation) -> None:
    shadow, _ = rebuild(hookline)
    keys = [record.key for topic in shadow.state for record in hookline.log.read(topic)]
    assert len(keys) == len(set(keys)) == 7


@pytest.mark.parametrize(
    ("selection", "events"),
    [
        (Selection(key="varda/conversation/8"), {"conversation": [5]}),
        (Selection(sources=("convocore",)), {}),
        (Selection(from_at=at(208)), {"conversation": [3]}),
        (Selection(from_at=at(208), to_at=at(210)), {"conversation": [2]}),
    ],
)
def test_a_selection(
    hookline: Installation, selection: Selection, events: dict[Table, list[int]]
) -> None:
    shadow, rebuilt = rebuild(hookline, selection)
    rows = RowReader(hookline.log, shadow, hookline.codecs, hookline.rows.json)
    found = {table: [one.row.events for one in rows.all(table)] for table in hookline.codecs}
    assert {table: counts for table, counts in found.items() if counts} == events
    check = Verification(
        rows,
        hookline.topics,
        catalogue(),
        projected=rebuilt.ends,
        selection=selection,
    )
    assert {finding.verdict for finding in check.all()} <= {"equal"}


def test_a_webhook_that_waited_in_a_spool_is_taken_by_when_it_was_received(
    hookline: Installation,
) -> None:
    hookline.receive(varda.message(9, 1, at(5)), received_at=at(5))
    _, rebuilt = rebuild(hookline, Selection(to_at=at(6)))
    assert rebuilt.effects["applied"] == 6


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "ä", "-a", "x" * 101])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(UserError):
        shadow_of(Topics(), name)


def test_a_shadow_of_a_prefix_lies_beside_it() -> None:
    assert shadow_of(Topics("eu."), "fix").state_calls == "eu.fix.state.calls"
