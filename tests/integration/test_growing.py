"""More partitions, on a real Kafka: the raw log copied, whatever is killed; docs/growing.md."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient  # pyright: ignore[reportPrivateImportUsage]

from app.kafka.groups import copy_group
from app.kafka.partition import partition_of
from app.kafka.topics import Topics
from app.read.dead_letters import letter
from app.redrive.choice import Choice
from app.redrive.run import Redrive
from tests.integration import dying_copy, dying_redrive
from tests.integration.commands import Run, commands
from tests.integration.grown import (
    REDRIVE,
    WAIT_S,
    by_key,
    letters,
    named,
    read,
    read_rows,
    until_projected,
)
from tests.integration.on_kafka import publish
from tests.integration.worker_process import WorkerProcess
from tests.one_kafka import PARTITIONS, provided_topics
from tests.unit.read.installation import Installation
from tests.unit.redrive.broken import disturbed, today, traffic
from tests.unit.redrive.memory_writer import Broker, MemoryWriter

pytestmark = pytest.mark.long(60)

WIDE = 7


@pytest.fixture
def wide(kafka: str, topics: Topics) -> Iterator[Topics]:
    with provided_topics(kafka, f"{topics.prefix}wide.", WIDE) as wide:
        yield wide


@pytest.fixture
def hookline(kafka: str, topics: Topics) -> Installation:
    """A history of all vendors, with dead letters that were redriven and some that are open, and
    two records that no endpoint wrote.
    """
    hookline = disturbed(traffic(1_500), PARTITIONS, topics.prefix)
    writer = MemoryWriter(Broker(hookline.log))
    Redrive(hookline.log, hookline.topics, today(), writer).run(Choice())
    hookline.work()
    strange: Any = [("none", None), ("twice", b"1"), ("twice", b"2")]
    for key, value in ((None, b"1"), (b"\xff", None)):
        hookline.log.append(topics.raw, 1, key, value, strange, 1_700_000_000_000)
    publish(hookline, kafka)
    return hookline


def test_a_history_in_more_partitions(
    kafka: str, topics: Topics, wide: Topics, hookline: Installation, tmp_path: Path
) -> None:
    run = commands(kafka, topics.prefix)
    done = run("replay", "copy", "--to-prefix", wide.prefix, "--json")
    assert done.code == 0, done.err
    old, new = read(kafka, topics.raw), read(kafka, wide.raw)
    copied = done.json
    assert (copied["from"], copied["to"]) == (topics.raw, wide.raw)
    assert (copied["copied"], copied["foreign"], copied["left"]) == (len(old), 2, 0)
    assert copied["redriven"] == sum(REDRIVE in dict(one.headers) for one in old) > 300
    assert copied["without_original"] == 0
    assert by_key(new) == by_key(old)
    assert named(new) == named(old)
    assert all(one.partition == partition_of(one.key, WIDE) for one in new if one.key)
    assert len({one.partition for one in new}) == WIDE

    worker = WorkerProcess(tmp_path, kafka, wide.prefix, WIDE)
    until_projected(kafka, wide, WIDE, worker)
    assert worker.stop() == 0
    proved = run("verify", "--all", "--prefix", wide.prefix, "--json")
    assert (proved.code, set(proved.json["rows"])) == (0, {"equal"})
    followed = ("late", "partition", "offset")  # what was dead was late, and is not any more
    assert read_rows(kafka, wide, *followed) == read_rows(kafka, topics, *followed)
    before, after = letters(kafka, topics), letters(kafka, wide)
    assert sorted(one.id for one in after.open if one.id) == sorted(one.id for one in before.open)
    assert len(after.redriven) == copied["closed"] > 10
    again = run("replay", "copy", "--to-prefix", wide.prefix)
    assert (again.code, again.out) == (0, f"0 records copied into {wide.raw}.\n")


class TestWhateverHappens:
    PHASES = (
        "produce after 250",
        "flush after 2",
        "send_offsets_to_transaction after 1",
        "commit_transaction during 1",
        "commit_transaction after 2",
        "commit_transaction before 2",
    )

    def start(self, kafka: str, topics: Topics, wide: Topics, at: str) -> subprocess.Popen[str]:
        variables = {"HOOKLINE_BOOTSTRAP": kafka, "HOOKLINE_TOPIC_PREFIX": topics.prefix}
        command = ("replay", "copy", "--to-prefix", wide.prefix)
        return subprocess.Popen(
            [sys.executable, "-m", dying_copy.__name__, *command],
            env=os.environ | variables | {dying_redrive.VARIABLE: at},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def how_many_are_there_at_most_once(self, kafka: str, topics: Topics, wide: Topics) -> int:
        """Of each key the first of them, in their order; no letter was closed twice."""
        old, new = by_key(read(kafka, topics.raw)), by_key(read(kafka, wide.raw))
        assert all(new[key] == old[key][: len(new[key])] for key in list(new))
        closings = Counter(letter(one).raw for one in read(kafka, wide.dead))
        assert set(closings.values()) <= {1}
        return sum(map(len, new.values()))

    def test_it_is_killed_in_any_phase_and_gone_on_with(
        self, kafka: str, topics: Topics, wide: Topics, hookline: Installation
    ) -> None:
        there = [0]
        for phase in self.PHASES:
            dying = self.start(kafka, topics, wide, f"KILL {phase}")
            _, said = dying.communicate(timeout=WAIT_S)
            assert dying.returncode == -signal.SIGKILL, (phase, said)
            there.append(self.how_many_are_there_at_most_once(kafka, topics, wide))
        run = commands(kafka, topics.prefix)
        done = run("replay", "copy", "--to-prefix", wide.prefix, "--json")
        old, new = read(kafka, topics.raw), read(kafka, wide.raw)
        assert there == sorted(there)
        assert 0 < there[-1] < len(old)
        assert done.json["copied"] == len(old) - there[-1]
        assert self.how_many_are_there_at_most_once(kafka, topics, wide) == len(old)
        assert named(new) == named(old)

    def test_one_that_wakes_when_another_has_begun_ends_and_did_nothing(
        self, kafka: str, topics: Topics, wide: Topics, hookline: Installation
    ) -> None:
        frozen = self.start(kafka, topics, wide, "STOP flush after 1")
        deadline = time.monotonic() + WAIT_S
        while not is_stopped(frozen.pid):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        run = commands(kafka, topics.prefix)
        done = run("replay", "copy", "--to-prefix", wide.prefix, "--json").json
        old = read(kafka, topics.raw)
        assert done["copied"] == len(old)
        frozen.send_signal(signal.SIGCONT)
        _, said = frozen.communicate(timeout=WAIT_S)
        assert (frozen.returncode, "another has begun" in said) == (2, True), said
        assert by_key(read(kafka, wide.raw)) == by_key(old)


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def test_a_body_as_large_as_the_endpoints_take(
    kafka: str, topics: Topics, wide: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever copies need not know how large that is."""
    run, size = commands(kafka, topics.prefix), 12 * 1024 * 1024
    with monkeypatch.context() as endpoints:
        endpoints.setenv("HOOKLINE_ENDPOINT_MAX_BODY_BYTES", str(size))
        for prefix, partitions in ((topics.prefix, PARTITIONS), (wide.prefix, WIDE)):
            options = ("--partitions", str(partitions), "--replication", "1")
            assert run("topics", "apply", "--prefix", prefix, *options).code == 0
    body = os.urandom(size)
    producer = Producer({"bootstrap.servers": kafka, "message.max.bytes": 2 * size})
    for key in (b"a", b"b"):
        producer.produce(topics.raw, body, key, 0, timestamp=5_000)
    assert producer.flush(20) == 0
    assert run("replay", "copy", "--to-prefix", wide.prefix, "--json").json["copied"] == 2
    assert [(one.value == body, one.timestamp_ms) for one in read(kafka, wide.raw)] == [
        (True, 5_000),
        (True, 5_000),
    ]


class TestWhatIsRefused:
    @pytest.fixture
    def run(self, kafka: str, topics: Topics) -> Run:
        return commands(kafka, topics.prefix)

    def refused(self, run: Run, *to: str) -> str:
        done = run("replay", "copy", "--to-prefix", *to)
        assert (done.code, done.out) == (2, "")
        return done.err

    def test_no_topics(self, run: Run, topics: Topics) -> None:
        said = self.refused(run, f"{topics.prefix}no.")
        assert f"There is no topic {topics.prefix}no.webhooks.raw" in said
        assert f"`hookline topics apply --prefix {topics.prefix}no. --partitions N`" in said

    def test_itself(self, run: Run, topics: Topics) -> None:
        assert "cannot be copied into itself" in self.refused(run, topics.prefix)

    def test_no_installation(self, run: Run, topics: Topics) -> None:
        said = self.refused(run, f"{topics.prefix}x.", "--prefix", f"{topics.prefix}nobody.")
        assert f"There is no raw log {topics.prefix}nobody.webhooks.raw" in said

    def test_a_shadow(self, run: Run, topics: Topics) -> None:
        assert run("replay", "--into", "shadow").code == 0
        assert "is no installation but a shadow" in self.refused(run, f"{topics.prefix}shadow.")

    def test_what_was_a_shadow(self, kafka: str, topics: Topics, hookline: Installation) -> None:
        run = commands(kafka, topics.prefix)
        assert run("replay", "--into", "shadow").code == 0
        with provided_topics(kafka, f"{topics.prefix}shadow.", PARTITIONS) as shadow:
            assert "was a shadow's prefix" in self.refused(run, shadow.prefix)

    def test_back(self, run: Run, topics: Topics, wide: Topics) -> None:
        assert run("replay", "copy", "--to-prefix", wide.prefix).code == 0
        said = self.refused(run, topics.prefix, "--prefix", wide.prefix)
        assert f"{wide.raw} was itself copied from {topics.raw}" in said

    def test_to_go_on_when_kafka_has_forgotten_where(
        self, kafka: str, topics: Topics, wide: Topics, hookline: Installation
    ) -> None:
        run = commands(kafka, topics.prefix)
        done = run("replay", "copy", "--to-prefix", wide.prefix)
        assert done.code == 0
        assert "2 of them were not written by an endpoint." in done.out
        assert "were redriven: they name the copies of what they stand in for." in done.out
        group = copy_group(wide)
        admin = AdminClient({"bootstrap.servers": kafka})
        admin.delete_consumer_groups([group])[group].result(20)
        said = self.refused(run, wide.prefix)
        assert f"the offsets of the group {group} are gone" in said
        assert by_key(read(kafka, wide.raw)) == by_key(read(kafka, topics.raw))

    def test_what_is_smaller_than_its_records(
        self, run: Run, topics: Topics, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        new = f"{topics.prefix}small."
        made = run("topics", "apply", "--prefix", new, "--partitions", "1", "--replication", "1")
        assert made.code == 0
        with monkeypatch.context() as endpoints:
            endpoints.setenv("HOOKLINE_ENDPOINT_MAX_BODY_BYTES", str(4 * 1024 * 1024))
            run("topics", "apply", "--partitions", str(PARTITIONS), "--replication", "1")
        said = self.refused(run, new)
        assert "max.message.bytes is 4194304" in said
        assert f"`hookline topics apply --prefix {new}`" in said

    def test_what_keeps_less_until_it_keeps_as_much(
        self,
        kafka: str,
        topics: Topics,
        wide: Topics,
        hookline: Installation,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        run = commands(kafka, topics.prefix)
        apply = ("topics", "apply", "--prefix", wide.prefix, "--partitions", str(WIDE))
        with monkeypatch.context() as thirty_days:
            thirty_days.setenv("HOOKLINE_RAW_RETENTION_DAYS", "30")
            assert run(*apply, "--replication", "1").code == 0
        said = self.refused(run, wide.prefix)
        assert f"{wide.raw} does not keep all that {topics.raw} keeps" in said
        assert f"its retention.ms is 2592000000, that of {topics.raw} -1" in said
        assert f"`hookline {' '.join(apply)}` sets retention.ms" in said
        assert read(kafka, wide.raw) == []
        assert run(*apply, "--replication", "1").code == 0
        assert run("replay", "copy", "--to-prefix", wide.prefix).code == 0
