"""Dead letters on a real Kafka: mended, redriven, and no trace of it; whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.core.projection import Table
from app.core.rows import Codec
from app.core.vendors import VENDORS
from app.core.webhook import place_of
from app.kafka.admin import administration
from app.kafka.groups import committed, worker_group
from app.kafka.log import Log
from app.kafka.provision import apply, delete
from app.kafka.topics import Topics, declare
from app.read.dead_letters import Letters, letter, sorted_out
from app.read.rows import RowReader
from app.replay.shadow import shadow_of
from tests.integration import broken_worker, dying_redrive
from tests.integration.commands import commands
from tests.integration.on_kafka import append, publish
from tests.integration.worker_process import WORKER, WorkerProcess
from tests.one_kafka import PARTITIONS
from tests.unit.read.installation import Installation, codecs, row_json
from tests.unit.redrive.broken import UNKNOWN, disturbed, rows, traffic

WAIT_S = 60


@pytest.fixture
def other_topics(kafka: str, prefix: str) -> Iterator[Topics]:
    """Of an installation in which nothing ever broke."""
    names = Topics(f"{prefix}other.")
    with administration(kafka) as admin:
        apply(admin, declare(names, partitions=PARTITIONS, replication=1))
        yield names
        delete(admin, list(names))


def test_a_decoder_that_was_broken_and_mended_leaves_no_trace(
    kafka: str, topics: Topics, other_topics: Topics, tmp_path: Path
) -> None:
    webhooks = traffic(1_200)
    mended = 2 * len(webhooks) // 3
    hookline, other = (Installation(PARTITIONS, one.prefix) for one in (topics, other_topics))
    hookline.now = other.now = time.time_ns() // 1_000  # letters are kept for 90 days
    hookline.unknown = UNKNOWN
    hookline.receive_all(webhooks[:mended])
    append(hookline, kafka, [topics.raw])
    other.receive_all(webhooks)
    append(other, kafka, [other_topics.raw])
    broken = worker(tmp_path, kafka, topics, "broken", broken_worker.__name__)
    never_broken = worker(tmp_path, kafka, other_topics, "other")
    until_projected(kafka, topics, broken)
    assert broken.stop() == 0
    hookline.unknown = frozenset()
    hookline.receive_all(webhooks[mended:])
    append(hookline, kafka, [topics.raw])
    mending = worker(tmp_path, kafka, topics, "mended")
    until_projected(kafka, topics, mending)
    until_projected(kafka, other_topics, never_broken)
    assert never_broken.stop() == 0
    run = commands(kafka, topics.prefix)
    assert told(run("verify", "--all", "--json").json["rows"]) == {"equal"}

    before = read_rows(kafka, topics)
    foreseen = run("dead", "redrive", "--all", "--dry-run", "--json").json
    assert read_rows(kafka, topics) == before
    done = run("dead", "redrive", "--all", "--json")
    assert (done.code, done.err.count("\n")) == (1, 1)  # some never will decode
    for name in ("redriven", "closed_before"):
        assert done.json[name] == foreseen[name]
    assert remaining(done.json) == remaining(foreseen)
    assert done.json["redriven"] > 400
    until_projected(kafka, topics, mending)
    assert mending.stop() == 0

    after = read_rows(kafka, topics)
    assert after == read_rows(kafka, other_topics)
    assert changed(before, after) == {row["key"] for row in foreseen["rows"]}
    assert events(kafka, topics) == events(kafka, other_topics)
    verified = run("verify", "--all", "--json").json
    assert told(verified["rows"]) == {"equal"}
    assert (verified["raw"]["redriven"], verified["raw"]["redrivable"]) == (
        done.json["redriven"],
        0,
    )
    again = run("dead", "redrive", "--all", "--json").json
    assert (again["redriven"], again["closed_before"]) == (0, done.json["redriven"])
    assert remaining(again) == remaining(done.json)

    assert run("replay", "--into", "again").code == 0
    shadow = shadow_of(topics, "again")
    assert read_rows(kafka, shadow, ("late",)) == read_rows(kafka, topics, ("late",))
    assert told(run("verify", "--all", "--shadow", "again", "--json").json["rows"]) == {"equal"}
    one = read_letters(kafka, topics).redriven[0]
    receipts = run("receipt", one.id, "--json").json["records"]
    died, *copies = [
        each for each in receipts if f"{each['partition']}:{each['offset']}" == one.raw
    ]
    assert (died["became"], died["redriven_as"], copies) == ("redriven", one.copy, [])
    assert one.raw in {each["redrive"] for each in receipts}


def remaining(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    """Whichever is the example."""
    return [one | {"example": ""} for one in outcome["remaining"]]


def told(verdicts: Mapping[str, int]) -> set[str]:
    return {verdict for verdict, count in verdicts.items() if count}


def worker(
    folder: Path, kafka: str, topics: Topics, name: str, module: str = WORKER
) -> WorkerProcess:
    return WorkerProcess(folder, kafka, topics.prefix, PARTITIONS, name, module=module)


def until_projected(kafka: str, topics: Topics, by: WorkerProcess) -> None:
    """Until what the raw log holds is projected for good."""
    with Log(kafka) as log:
        last = {record.partition: record.offset for record in log.read(topics.raw)}

    def is_projected() -> bool:
        found = committed(kafka, worker_group(topics), topics.raw, PARTITIONS)
        return all(n in found and found[n].offset > offset for n, offset in last.items())

    until(is_projected, by.said)


def until(holds: Callable[[], bool], said: Callable[[], str]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, said()
        time.sleep(0.1)


def read_rows(kafka: str, topics: Topics, *without: Any) -> dict[str, dict[str, Any]]:
    of_tables: Mapping[Table, Codec] = codecs()
    with Log(kafka) as log:
        return rows(RowReader(log, topics, of_tables, row_json()), *without)


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Also where nothing is shown of it: `late`, …"""
    return {key for key in after if before.get(key) != after[key]}


def events(kafka: str, topics: Topics) -> Counter[tuple[bytes, bytes | None]]:
    with Log(kafka) as log:
        return Counter(
            (dict(record.headers)["ce_id"], record.value)
            for vendor in VENDORS
            for record in log.read(topics.events(vendor.name))
        )


def read_letters(kafka: str, topics: Topics) -> Letters:
    with Log(kafka) as log:
        return sorted_out(letter(record) for record in log.read(topics.dead))


class TestWhateverHappens:
    """Some 600 letters, so two transactions."""

    PHASES = (
        "produce after 200",
        "produce after 700",
        "commit_transaction during 1",
        "commit_transaction after 1",
    )

    @pytest.fixture
    def hookline(self, kafka: str, topics: Topics) -> Installation:
        hookline = disturbed(traffic(1_500), PARTITIONS, topics.prefix)
        publish(hookline, kafka)
        return hookline

    def start(self, kafka: str, topics: Topics, at: str) -> subprocess.Popen[str]:
        environment = os.environ | {
            "HOOKLINE_BOOTSTRAP": kafka,
            "HOOKLINE_TOPIC_PREFIX": topics.prefix,
            dying_redrive.VARIABLE: at,
        }
        command = [sys.executable, "-m", dying_redrive.__name__, "dead", "redrive", "--all"]
        return subprocess.Popen(
            command,
            env=environment,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def each_is_redriven_once(self, kafka: str, topics: Topics) -> int:
        """A copy for each closed letter, at the place that it names, and no other. How many."""
        with Log(kafka) as log:
            copies = {
                dict(record.headers)["hookline_redrive"].decode(): (record.partition, record.offset)
                for record in log.read(topics.raw)
                if "hookline_redrive" in dict(record.headers)
            }
            count = sum("hookline_redrive" in dict(r.headers) for r in log.read(topics.raw))
            closings = Counter(
                one.raw for one in map(letter, log.read(topics.dead)) if one.reason == "redriven"
            )
        assert count == len(copies)
        assert set(closings.values()) <= {1}
        redriven = read_letters(kafka, topics).redriven
        assert {one.raw: place_of(one.copy) for one in redriven} == copies
        return count

    def test_it_is_killed_in_any_phase_and_gone_on_with(
        self, kafka: str, topics: Topics, hookline: Installation
    ) -> None:
        for phase in self.PHASES:
            dying = self.start(kafka, topics, f"KILL {phase}")
            _, said = dying.communicate(timeout=WAIT_S)
            assert dying.returncode == -signal.SIGKILL, (phase, said)
            self.each_is_redriven_once(kafka, topics)
        before = self.each_is_redriven_once(kafka, topics)
        assert before >= 500
        done = commands(kafka, topics.prefix)("dead", "redrive", "--all", "--json").json
        assert done["closed_before"] == before
        assert self.each_is_redriven_once(kafka, topics) == before + done["redriven"]
        assert len(read_letters(kafka, topics).open) == done["remained"]

    def test_one_that_wakes_when_another_has_begun_ends_and_did_nothing(
        self, kafka: str, topics: Topics, hookline: Installation
    ) -> None:
        frozen = self.start(kafka, topics, "STOP flush after 1")
        until(lambda: state(frozen.pid) == "T", lambda: "it did not stop")
        done = commands(kafka, topics.prefix)("dead", "redrive", "--all", "--json").json
        assert done["closed_before"] == 0
        frozen.send_signal(signal.SIGCONT)
        _, said = frozen.communicate(timeout=WAIT_S)
        assert (frozen.returncode, "Another redrive has begun" in said) == (2, True), said
        assert self.each_is_redriven_once(kafka, topics) == done["redriven"]


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
