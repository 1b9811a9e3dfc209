"""timeline, state get --at and state diff, through the command line, on a real Kafka."""

from __future__ import annotations

import time as clock
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from kafka.structs import TopicPartition

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.provision import apply, delete
from app.kafka.topics import declare
from app.read.tables import row_key, table_of
from app.simulate.payloads import voxsig
from app.simulate.traffic import Traffic
from tests.integration import local_http
from tests.integration.commands import Run, commands
from tests.integration.inspector_process import InspectorProcess
from tests.integration.on_kafka import publish
from tests.unit.read.installation import RECEIVED, SECOND, Installation

pytestmark = pytest.mark.long(30)

CHAT = "voxsig/conversation/1-7"
PARTITIONS = 4
START = RECEIVED + 3_600 * SECOND


def at(seconds: int) -> int:
    return START + seconds * SECOND


def time(seconds: int) -> str:
    """As an option takes it."""
    return f"2026-06-01T13:{seconds // 60:02}:{seconds % 60:02}Z"


def tell(hookline: Installation) -> None:
    """One conversation among others: a webhook every ten seconds."""
    open_, resolved = voxsig.snapshot(7, at(0)), voxsig.snapshot(7, at(60), status="resolved")
    asked = voxsig.message("message_created", open_, 1, at(11), text="Where is my parcel?")
    answer = voxsig.message("message_created", open_, 2, at(5), type="outgoing", text="On its way")
    again = voxsig.snapshot(7, at(80))
    webhooks = [
        voxsig.conversation("conversation_created", open_),
        asked,
        answer,  # late
        asked,  # a duplicate
        voxsig.conversation(
            "conversation_updated", open_, more={"meta": {"sender": "Jane"}}
        ),  # dies
        voxsig.typing("conversation_typing_on", open_),
        voxsig.conversation("conversation_status_changed", resolved),
        voxsig.conversation("conversation_status_changed", again),
    ]
    for n, body in enumerate(webhooks, 1):
        hookline.receive(body, source="voxsig", received_at=at(10 * n))
    hookline.work()


class Cluster(NamedTuple):
    hookline: Installation
    traffic: Traffic
    run: Run


@pytest.fixture(scope="module")
def seen(kafka: str) -> Iterator[Cluster]:
    """Traffic of all vendors, and the conversation in the midst of it; for tests that look."""
    with _cluster(kafka) as cluster:
        yield cluster


@pytest.fixture
def fresh(kafka: str) -> Iterator[Cluster]:
    """The same for tests that change something."""
    with _cluster(kafka) as cluster:
        yield cluster


@contextmanager
def _cluster(kafka: str) -> Iterator[Cluster]:
    hookline = Installation(PARTITIONS, prefix=f"t{uuid4().hex[:8]}.")
    sources = [Source(name=vendor.name, vendor=vendor.name, account_id="1") for vendor in VENDORS]
    traffic = Traffic(sources, seed=4, now=RECEIVED)
    webhooks = [delivery.webhook for delivery in traffic.deliveries(400)]
    hookline.receive_all(webhooks[:200])
    tell(hookline)
    hookline.receive_all(webhooks[200:])
    hookline.work()
    with administration(Connection(kafka)) as admin:
        apply(admin, declare(hookline.topics, partitions=PARTITIONS, replication=1))
        publish(hookline, kafka)
        yield Cluster(hookline, traffic, commands(kafka, hookline.topics.prefix))
        delete(admin, list(hookline.topics))


@pytest.fixture(scope="module")
def asked(seen: Cluster, kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Commands that have an inspector to ask."""
    prefix = seen.hookline.topics.prefix
    inspector = InspectorProcess(tmp_path_factory.mktemp("inspector"), prefix, kafka)
    try:
        inspector.wait_until_ready()
        wait_until_live(inspector.url)
        yield commands(kafka, prefix, inspector.url)
    finally:
        inspector.child.stop(6)


def wait_until_live(url: str) -> None:
    """Until it has read all rows."""
    deadline = clock.monotonic() + 30
    while local_http.get(f"{url}/api/status").json()["view"]["doing"] != "live":
        assert clock.monotonic() < deadline, "the view was not made in time"
        clock.sleep(0.05)


def changes(item: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["path"]: (one.get("before"), one.get("after")) for one in item["changes"]}


def dead_keys(hookline: Installation) -> list[str]:
    """Of dead letters, those that can have a row."""
    keys = [record.key or b"" for record in hookline.log.read(hookline.topics.dead)]
    return [key.decode() for key in keys if table_of(key.decode()) is not None]


def has_row(hookline: Installation, key: str) -> bool:
    return hookline.rows.newest(row_key(key)[0], key) is not None


class TestTimeline:
    def test_each_webhook_and_what_it_changed(self, seen: Cluster) -> None:
        done = seen.run("timeline", CHAT, "--json")
        assert done.code == 0, done.err
        said = done.json
        assert (said["key"], said["phase"], said["total"]) == (CHAT, "active", 7)
        assert [item["badges"] for item in said["items"]] == [
            [],
            [],
            ["late"],
            ["duplicate"],
            ["dead_letter"],
            [],
            [],
        ]
        created, asked, answer, again, broken, resolved, reopened = said["items"]
        assert changes(created)["contact"][1]["name"] == "Jane Doe"
        assert changes(asked)["messages.inbound"] == (0, 1)
        assert changes(answer)["first_message_at"][1] == "2026-06-01T13:00:05.000000Z"
        assert set(changes(again)) == {"duplicates", "offset"}
        assert (broken["why"]["reason"], broken["changes"]) == ("schema_mismatch", [])
        assert changes(resolved)["phase"] == ("active", "resolved")
        assert changes(reopened)["reopened"] == (0, 1)
        assert answer["received_at"] == "2026-06-01T13:00:30.000000Z"
        assert answer["lateness_ms"] == 25_000

    def test_for_a_person(self, seen: Cluster) -> None:
        done = seen.run("timeline", CHAT)
        assert done.code == 0
        assert "reading the topics" in done.err
        first, second, *lines = done.out.splitlines()
        assert first == f"{CHAT}  active"
        assert second == "7 webhooks, 1 duplicate, 1 late, 1 dead letter"
        text = "\n".join(lines)
        for words in ("inbound: Where is my parcel?", "phase: active → resolved", "+25 s"):
            assert words in text
        assert "schema_mismatch: $.meta.sender: expected an object" in text

    def test_a_scan_finds_what_changes_no_row(self, seen: Cluster) -> None:
        said = seen.run("timeline", CHAT, "--scan", "--json").json
        assert said["whole"] and said["total"] == 8
        typing = said["items"][5]
        assert (typing["type"], typing["badges"]) == (
            "voxsig.conversation_typing_on",
            ["event_only"],
        )

    def test_of_a_time_and_no_more_than_asked_for(self, seen: Cluster) -> None:
        span = ("--since", time(20), "--until", time(70))
        said = seen.run("timeline", CHAT, *span, "--json").json
        assert [item["received_at"][14:19] for item in said["items"]] == [
            "00:20",
            "00:30",
            "00:40",
            "00:50",
        ]
        newest = seen.run("timeline", CHAT, "--limit", "2")
        assert "2 of 7 webhooks" in newest.out
        place = seen.run("timeline", CHAT, "--limit", "2", "--json").json["items"][0]["raw"]
        assert f"--before {place} those before" in newest.err
        rest = seen.run("timeline", CHAT, "--before", place, "--json").json
        assert len(rest["items"]) == 5, "what the hint names is all that there is besides"
        elsewhere = seen.run("timeline", CHAT, "--before", f"9{place}")
        assert elsewhere.code == 2
        assert "another partition" in elsewhere.err
        nothing = seen.run("timeline", CHAT, "--since", time(2000))
        assert (nothing.code, nothing.out) == (0, "")
        assert "None of the 7 webhooks is of that time and place." in nothing.err

    def test_bodies(self, seen: Cluster) -> None:
        (item,) = seen.run("timeline", CHAT, "--limit", "1", "--body", "--json").json["items"]
        assert '"conversation_status_changed"' in item["body"]
        assert item["headers"]["ce_source"] == "voxsig"
        assert item["event"]["status"] == "open"

    def test_of_simulated_traffic(self, seen: Cluster) -> None:
        """Each webhook is told of, as often as it came."""
        most = sorted(seen.traffic.rows, key=lambda row: -row.sent_again)
        for key in [row.key for row in most[:2]]:
            row = seen.hookline.row(row_key(key)[0], key)
            said = seen.run("timeline", key, "--limit", "1000", "--json").json
            worn = Counter(badge for item in said["items"] for badge in item["badges"])
            assert worn["duplicate"] == row.duplicates > 0
            assert worn["late"] == row.late
            assert said["total"] == row.events + row.duplicates + worn["dead_letter"]

    def test_without_a_row_the_partition_is_read_through(self, seen: Cluster) -> None:
        key = next(key for key in dead_keys(seen.hookline) if not has_row(seen.hookline, key))
        done = seen.run("timeline", key)
        assert done.code == 0
        assert f"There is no row {key}: partition" in done.err
        assert done.out.splitlines()[:2] == [f"{key}  no row", "1 webhook, 1 dead letter"]

    def test_nothing_was_received(self, seen: Cluster) -> None:
        done = seen.run("timeline", "voxsig/conversation/1-99")
        assert (done.code, done.out) == (1, "")
        assert "There is no webhook of voxsig/conversation/1-99." in done.err


class TestAsOf:
    def test_as_it_was(self, seen: Cluster) -> None:
        row = seen.run("state", "get", CHAT, "--at", time(71), "--json").json
        assert (row["phase"], row["as_of"]) == ("resolved", "2026-06-01T13:01:11.000000Z")
        assert row["events"] == 4
        assert "fold" not in row
        person = seen.run("state", "get", CHAT, "--at", time(71))
        assert person.out.startswith(f"{CHAT}  resolved  as of {time(71)}\n")

    def test_the_last_moment_is_now(self, seen: Cluster) -> None:
        then = seen.run("state", "get", CHAT, "--at", time(80), "--json").json
        assert then.pop("as_of")
        assert then == seen.run("state", "get", CHAT, "--json").json

    def test_with_internals(self, seen: Cluster) -> None:
        then = seen.run("state", "get", CHAT, "--at", time(20), "--internals", "--json").json
        assert len(then["ledger"]) == 2

    def test_before_there_was_any(self, seen: Cluster) -> None:
        done = seen.run("state", "get", CHAT, "--at", time(0))
        assert (done.code, done.out) == (1, "")
        assert f"There was no row {CHAT} at {time(0)}" in done.err


class TestDiff:
    def test_two_moments(self, seen: Cluster) -> None:
        done = seen.run("state", "diff", CHAT, "--from", time(20), "--to", time(70), "--json")
        said = done.json
        assert (said["key"], said["from"]) == (CHAT, "2026-06-01T13:00:20.000000Z")
        found = changes(said)
        assert found["phase"] == ("active", "resolved")
        assert found["messages.outbound"] == (0, 1)
        person = seen.run("state", "diff", CHAT, "--from", time(20), "--to", time(70))
        assert "  phase: active → resolved\n" in person.out
        assert "  outbound: On its way\n" in person.out
        assert "  events: 2 → 4\n" in person.out

    def test_nothing_changed(self, seen: Cluster) -> None:
        done = seen.run("state", "diff", CHAT, "--from", time(20), "--to", time(21))
        assert (done.code, done.out) == (0, "")
        assert "Nothing changed" in done.err

    def test_from_before_there_was_any(self, seen: Cluster) -> None:
        done = seen.run("state", "diff", CHAT, "--from", time(0))
        assert done.out.startswith(f"{CHAT}  new  from {time(0)} to now\n")
        assert seen.run("state", "diff", CHAT, "--from", time(0), "--to", time(1)).code == 1

    def test_the_wrong_way_round(self, seen: Cluster) -> None:
        done = seen.run("state", "diff", CHAT, "--from", time(9), "--to", time(8))
        assert done.code == 2
        assert "--from is after --to" in done.err


class TestByInspector:
    """Asked of an inspector, commands say what they say of the topics."""

    @pytest.mark.parametrize(
        "command",
        [
            ("state", "get", CHAT),
            ("state", "get", CHAT, f"--at={time(71)}"),
            ("state", "diff", CHAT, f"--from={time(20)}", f"--to={time(70)}"),
            ("timeline", CHAT),
            ("timeline", CHAT, f"--since={time(20)}", f"--until={time(70)}", "--limit=2", "--body"),
        ],
        ids=lambda command: " ".join(command[:2]),
    )
    def test_the_same(self, seen: Cluster, asked: Run, command: tuple[str, ...]) -> None:
        done = asked(*command, "--json")
        assert (done.code, done.err.count("Asking the inspector at ")) == (0, 1), done.err
        assert done.json == seen.run(*command, "--json").json

    def test_verify(self, seen: Cluster, asked: Run) -> None:
        done, by_topics = asked("verify", CHAT, "--json"), seen.run("verify", CHAT, "--json")
        assert done.code == 0, done.err
        assert done.json["findings"] == by_topics.json["findings"]
        assert done.json["rows"] == {"equal": 1}
        raw = by_topics.json["raw"]
        assert done.json["raw"] == raw | {"records": 6, "dead": 0}, "those that its row names"
        assert "6 raw records were read." in asked("verify", CHAT).out
        none = asked("verify", "voxsig/conversation/1-99")
        assert (none.code, "no raw record that would make one" in none.err) == (1, True)

    def test_what_it_does_not_have(self, seen: Cluster, asked: Run) -> None:
        missing = "voxsig/conversation/1-99"
        for command in (("state", "get", missing), ("state", "get", CHAT, f"--at={time(0)}")):
            done = asked(*command)
            assert (done.code, done.out) == (1, "")
            assert "There " in done.err
        key = next(key for key in dead_keys(seen.hookline) if not has_row(seen.hookline, key))
        letter = asked("timeline", key)
        assert (letter.code, "1 dead letter" in letter.out) == (0, True)
        assert "reading the topics, for dead letters" in letter.err

    def test_it_is_not_asked_where_the_topics_are_to_be_read(self, asked: Run) -> None:
        assert asked("timeline", CHAT, "--from-topics").err == ""

    def test_one_of_another_installation(self, asked: Run) -> None:
        done = asked("timeline", CHAT, "--prefix", "other.")
        assert done.code == 2
        assert "is of another installation (prefix " in done.err


class TestExpired:
    """Retention took the first of its webhooks."""

    @pytest.fixture
    def run(self, fresh: Cluster, kafka: str) -> Run:
        raw, number = fresh.hookline.topics.raw, fresh.hookline.log.partition_of(CHAT)
        spans = fresh.hookline.log.read(raw, {number: fresh.hookline.log.spans(raw)[number]})
        first = next(record.offset for record in spans if record.key == CHAT.encode())
        with administration(Connection(kafka)) as admin:
            admin.delete_records({TopicPartition(raw, number): first + 1})
        return fresh.run

    def test_it_is_said_and_nothing_is_guessed(self, run: Run) -> None:
        done = run("timeline", CHAT, "--json")
        assert done.code == 0
        assert done.json["expired"] == {"webhooks": 1, "last_at": "2026-06-01T13:00:00.000000Z"}
        assert [item["changes"] for item in done.json["items"]] == [
            None,
            None,
            None,
            [],
            None,
            None,
        ]
        person = run("timeline", CHAT).out
        assert "The first webhook, of 2026-06-01T13:00:00Z, expired" in person
        for command in (("get", CHAT, "--at", time(70)), ("diff", CHAT, "--from", time(20))):
            done = run("state", *command)
            assert (done.code, done.out) == (1, "")
            assert "1 of the 6 webhooks" in done.err
            assert f"hookline state get {CHAT}" in done.err
