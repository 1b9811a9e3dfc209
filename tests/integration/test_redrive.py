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
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.read.dead_letters import Letter, Letters, letter, sorted_out
from app.read.rows import RowReader
from app.replay.shadow import shadow_of
from app.simulate.payloads import varda
from tests.integration import broken_worker, dying_redrive
from tests.integration.commands import Run, commands
from tests.integration.on_kafka import append, publish
from tests.integration.worker_process import WORKER, WorkerProcess
from tests.one_kafka import PARTITIONS, provided_topics
from tests.projected import projected
from tests.unit.read.installation import Installation, codecs, row_json
from tests.unit.redrive.broken import UNKNOWN, BrokenCatalogue, disturbed, rows, traffic

pytestmark = pytest.mark.long(60)

WAIT_S = 60


@pytest.fixture
def other_topics(kafka: str, prefix: str) -> Iterator[Topics]:
    """Of an installation in which nothing ever broke."""
    with provided_topics(kafka, f"{prefix}other.") as topics:
        yield topics


def test_a_decoder_that_was_broken_and_mended_leaves_no_trace(
    kafka: str, topics: Topics, other_topics: Topics, tmp_path: Path
) -> None:
    mended = break_and_mend(kafka, topics, other_topics, tmp_path)
    run = commands(kafka, topics.prefix)
    assert verdicts(run, "--all") == {"equal"}
    before = read_rows(kafka, topics)
    foreseen = run("dead", "redrive", "--all", "--dry-run", "--json").json
    assert read_rows(kafka, topics) == before
    done = run("dead", "redrive", "--all", "--json")
    assert done.code == 1  # some never will decode
    assert counts(done.json) == counts(foreseen)
    assert done.json["redriven"] > 400
    until_projected(kafka, topics, mended)
    assert mended.stop() == 0

    after = read_rows(kafka, topics)
    assert after == read_rows(kafka, other_topics)
    assert changed(before, after) == {row["key"] for row in foreseen["rows"]}
    assert events(kafka, topics) == events(kafka, other_topics)
    it_is_proved(run, done.json["redriven"])
    a_second_run_does_nothing(run, done.json)
    a_replay_gives_the_same(run, kafka, topics)
    a_receipt_tells(run, read_letters(kafka, topics).redriven[0])


def break_and_mend(kafka: str, topics: Topics, other_topics: Topics, folder: Path) -> WorkerProcess:
    """A worker that is broken for two thirds of a history, then one that is not, which runs; and
    one of another installation, which was not broken for any of it.
    """
    webhooks = traffic(1_200)
    two_thirds = 2 * len(webhooks) // 3
    hookline, other = (Installation(PARTITIONS, one.prefix) for one in (topics, other_topics))
    hookline.now = other.now = time.time_ns() // 1_000  # letters are kept for 90 days
    hookline.unknown = UNKNOWN
    hookline.receive_all(webhooks[:two_thirds])
    append(hookline, kafka, [topics.raw])
    other.receive_all(webhooks)
    append(other, kafka, [other_topics.raw])
    broken = worker(folder, kafka, topics, "broken", broken_worker.__name__)
    never_broken = worker(folder, kafka, other_topics, "other")
    until_projected(kafka, topics, broken)
    assert broken.stop() == 0
    hookline.unknown = frozenset()
    hookline.receive_all(webhooks[two_thirds:])
    append(hookline, kafka, [topics.raw])
    mended = worker(folder, kafka, topics, "mended")
    until_projected(kafka, topics, mended)
    until_projected(kafka, other_topics, never_broken)
    assert never_broken.stop() == 0
    return mended


def it_is_proved(run: Run, redriven: int) -> None:
    found = run("verify", "--all", "--json").json
    assert set(found["rows"]) == {"equal"}
    assert (found["raw"]["redriven"], found["raw"]["redrivable"]) == (redriven, 0)


def a_second_run_does_nothing(run: Run, first: dict[str, Any]) -> None:
    again = run("dead", "redrive", "--all", "--json").json
    assert counts(again) == counts(first) | {"redriven": 0, "closed_before": first["redriven"]}


def a_replay_gives_the_same(run: Run, kafka: str, topics: Topics) -> None:
    """It decodes what was dead, where it lies, and then the copies."""
    assert run("replay", "--into", "again").code == 0
    shadow = shadow_of(topics, "again")
    assert read_rows(kafka, shadow, ("late",)) == read_rows(kafka, topics, ("late",))
    assert verdicts(run, "--all", "--shadow", "again") == {"equal"}


def a_receipt_tells(run: Run, one: Letter) -> None:
    receipts = {
        f"{each['partition']}:{each['offset']}": each
        for each in run("receipt", one.id, "--json").json["records"]
    }
    died = receipts[one.raw]
    assert (died["became"], died["redriven_as"]) == ("redriven", one.copy)
    assert receipts[one.copy]["redrive"] == one.raw
    assert receipts[one.copy]["became"] in {"applied", "duplicate", "event_only"}


def verdicts(run: Run, *which: str) -> set[str]:
    """Of all rows: which there are."""
    return set(run("verify", *which, "--json").json["rows"])


def counts(outcome: dict[str, Any]) -> dict[str, Any]:
    """Of what remains, whichever is the example."""
    remaining = [one | {"example": ""} for one in outcome["remaining"]]
    names = ("redriven", "closed_before")
    return {name: outcome[name] for name in names} | {"remaining": remaining}


def worker(
    folder: Path, kafka: str, topics: Topics, name: str, module: str = WORKER
) -> WorkerProcess:
    return WorkerProcess(folder, kafka, topics.prefix, PARTITIONS, name, module=module)


def until_projected(kafka: str, topics: Topics, by: WorkerProcess) -> None:
    """Until what the raw log holds is projected for good."""
    with Log(Connection(kafka)) as log:
        last = {record.partition: record.offset for record in log.read(topics.raw)}

    def is_projected() -> bool:
        found = projected(kafka, topics)
        return all(found.get(n, 0) > offset for n, offset in last.items())

    until(is_projected, by.said)


def until(holds: Callable[[], bool], said: Callable[[], str]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, said()
        time.sleep(0.1)


def read_rows(kafka: str, topics: Topics, *without: Any) -> dict[str, dict[str, Any]]:
    of_tables: Mapping[Table, Codec] = codecs()
    with Log(Connection(kafka)) as log:
        return rows(RowReader(log, topics, of_tables, row_json()), *without)


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Also where nothing is shown of it: `late`, …"""
    return {key for key in after if before.get(key) != after[key]}


def events(kafka: str, topics: Topics) -> Counter[tuple[bytes, bytes | None]]:
    with Log(Connection(kafka)) as log:
        return Counter(
            (dict(record.headers)["ce_id"], record.value)
            for vendor in VENDORS
            for record in log.read(topics.events(vendor.name))
        )


def read_letters(kafka: str, topics: Topics) -> Letters:
    with Log(Connection(kafka)) as log:
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
        with Log(Connection(kafka)) as log:
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
        assert (frozen.returncode, "another has begun" in said) == (2, True), said
        assert self.each_is_redriven_once(kafka, topics) == done["redriven"]


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


class TestWhatAPersonSees:
    @pytest.fixture
    def hookline(self, kafka: str, topics: Topics) -> Installation:
        """A conversation of which a message died for a cause that is mended, and a broken body."""
        hookline = Installation(PARTITIONS, topics.prefix)
        hookline.now = time.time_ns() // 1_000
        hookline.catalogue = BrokenCatalogue()
        hookline.receive(varda.conversation("created", 7, hookline.now))
        hookline.receive(varda.message(7, 1, hookline.now))
        hookline.receive(b"{broken")
        hookline.work()
        publish(hookline, kafka)
        return hookline

    def test_from_the_list_to_the_mending(self, kafka: str, hookline: Installation) -> None:
        run = commands(kafka, hookline.topics.prefix)
        listed = run("dead", "list")
        assert "1 decodes" in listed.out
        assert "1 of them decodes today" in listed.err
        (died,) = (one for one in read_letters(kafka, hookline.topics).open if one.path != "$")
        chosen = ("dead", "redrive", "--fingerprint", died.fingerprint)
        foreseen = run(*chosen, "--dry-run")
        assert foreseen.code == 0
        for words in ("varda/conversation/7  active", "messages.inbound", "1 letter would be"):
            assert words in foreseen.out
        assert "Nothing was written" in foreseen.err
        done = run(*chosen)
        assert (done.code, done.out) == (0, "1 letter redriven.\n")
        (closed,) = read_letters(kafka, hookline.topics).redriven
        listed = run("dead", "list", "--all", "--closed")
        assert f"redriven as {closed.copy}" in listed.out
        assert "1 open" in listed.err
        shown = run("dead", "show", died.raw).out
        assert f"redriven as  {closed.copy}" in shown
        assert shown.index('"event": "message.created"') < shown.index("ce_specversion")

    def test_what_remains_and_what_is_not_there(self, kafka: str, hookline: Installation) -> None:
        run = commands(kafka, hookline.topics.prefix)
        done = run("dead", "redrive", "--all")
        assert done.code == 1
        assert "1 letter redriven.\n1 letter remained dead:" in done.out
        assert "still: the body is not JSON" in done.out
        assert run("dead", "redrive", "--fingerprint", "0" * 16).code == 1
        assert run("dead", "redrive", "--until", "2020-01-01T00:00:00Z").code == 0
