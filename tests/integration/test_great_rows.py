"""A row larger than a record batch of a worker, and than what a topic takes by default."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.core import cut, people, statuses
from app.core.facts import ConversationFacts, Message, Person, Status
from app.core.projection import fold
from app.core.webhook import RawRecord
from app.faust_batch.app import DEFAULT_TUNING
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.simulate.payloads import varda
from tests.integration.on_kafka import append, publish
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS
from tests.projected import projected
from tests.unit.read.installation import RECEIVED, Installation

pytestmark = pytest.mark.long(20)

ID = 7
KEY = f"varda/conversation/{ID}"
MIB = 1024 * 1024


def long(length: int, n: int) -> str:
    """A text of that length, of characters of four bytes."""
    return f"{n:04d}".ljust(length, "\N{GRINNING FACE}")


def person(n: int) -> Person:
    word = long(cut.WORD, n)
    return Person(id=word, name=word, email=word, phone=word, handle=word)


def great_facts() -> list[ConversationFacts]:
    said = [
        *({"status": Status(word=long(cut.WORD, n))} for n in range(statuses.MOST)),
        *({"contact": person(n)} for n in range(people.MOST)),
        *({"assignee": person(n)} for n in range(people.MOST)),
        *({"message": message(n)} for n in range(64)),
    ]
    return [ConversationFacts(at=RECEIVED + n, **each) for n, each in enumerate(said)]  # type: ignore[arg-type]


def message(n: int) -> Message:
    word, text = long(cut.WORD, n), long(cut.MESSAGE, n)
    return Message(id=word, cls="inbound", at=RECEIVED + n, content_type=word, text=text)


def fold_a_great_row(hookline: Installation) -> int:
    """As a worker would have, from records that are gone since; the row's partition."""
    number = hookline.log.partition_of(KEY)
    rows, facts = hookline._worker[number], great_facts()
    for offset, each in enumerate(facts):
        record = RawRecord(
            partition=number,
            offset=offset,
            key=KEY,
            body=b"",
            id=f"{offset:016x}" * 2,
            source="varda",
            type="varda.conversation.created",
            received_at=RECEIVED,
        )
        assert fold(record, each, rows).effect == "applied"
        hookline.log.append(hookline.topics.raw, number, b"gone", b"", [])
    hookline.projected[number] = len(facts)
    for segment, value in rows.segments_written().items():
        hookline.log.append(hookline.topics.ledger, number, segment, value)
    for table, key, value in rows.rows_written():
        hookline.log.append(hookline.rows.topic(table), number, key, value)
    return number


@pytest.mark.parametrize("store", ["memory", "rocksdb"])
def test_it_is_recovered_changed_and_written(
    kafka: str, topics: Topics, tmp_path: Path, store: str
) -> None:
    hookline = Installation(PARTITIONS, topics.prefix)
    number = fold_a_great_row(hookline)
    publish(hookline, kafka)
    env = {
        "HOOKLINE_WORKER_STORE": store,
        "HOOKLINE_WORKER_SESSION_TIMEOUT_S": "2",  # how long the second waits for the killed one
        "HOOKLINE_DATA_DIR": str(tmp_path / "data"),
    }
    for n in range(2):
        hookline.receive(varda.conversation("resolved", ID, RECEIVED + (n + 1) * 1_000_000))
        append(hookline, kafka, [topics.raw])
        worker = WorkerProcess(tmp_path, kafka, topics.prefix, PARTITIONS, f"worker{n}", env=env)
        wanted = hookline.log.spans(topics.raw)[number].end
        wait_until_projected(kafka, topics, number, wanted, worker)
        worker.child.kill()
        assert worker.child.wait(10)
        hookline.work()
        with Log(Connection(kafka)) as log:
            *_, newest = log.read(topics.state_conversations)
        assert len(newest.value or b"") > max(MIB, DEFAULT_TUNING.send_bytes)
        row = hookline.codecs["conversation"].loads(newest.value or b"")
        assert row == hookline.row("conversation", KEY)
        assert row.phase == "resolved"


def wait_until_projected(
    kafka: str, topics: Topics, number: int, end: int, worker: WorkerProcess
) -> None:
    deadline = time.monotonic() + 60
    while projected(kafka, topics)[number] < end:
        assert worker.child.exit_code() is None, worker.said()
        assert time.monotonic() < deadline, worker.said()
        time.sleep(0.05)
