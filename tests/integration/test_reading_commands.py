"""state, receipt, verify, replay and dead, through the command line, on a real Kafka."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from kafka.structs import TopicPartition

from app.core.conversation import Conversation
from app.core.webhook import event_id
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.groups import commit, worker_group
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.replay.selection import UNFINISHED
from app.simulate.payloads import varda
from tests.integration.commands import Run, commands
from tests.integration.on_kafka import publish
from tests.one_kafka import PARTITIONS, new_prefix, provided_topics
from tests.unit.read.installation import RECEIVED, SECOND, Installation

pytestmark = pytest.mark.long(40)

CHAT, CALL = "varda/conversation/7", "varda/call/9"


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def history(hookline: Installation) -> None:
    """A conversation of 200 messages (one of them twice), a second one, a call, an agent, and
    three bodies that cannot be decoded, two of them for one cause.
    """
    hookline.receive(varda.conversation("created", 7, at(0)))
    for n in range(200):
        hookline.receive(varda.message(7, n, at(n), text=f"Message {n}"))
        if n % 50 == 0:
            hookline.work()
    hookline.receive(varda.message(7, 1, at(1), text="Message 1"))
    hookline.receive(varda.conversation("resolved", 8, at(9), channel="email"))
    hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
    agent = {"agentId": "a1", "agentName": "Ada", "createdAt": "2026-06-01T10:00:00Z"}
    hookline.receive({"type": "agent_created", "payload": agent}, source="convocore")
    hookline.receive(b'{"event": ')
    for n in range(2):
        hookline.receive(varda.message(7, 900 + n, at(4), more={"content": {"no": "text"}}))
    hookline.work()


def id_of(body: Any) -> str:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return event_id("varda", content)


class Cluster(NamedTuple):
    hookline: Installation
    run: Run
    kafka: str


@pytest.fixture(scope="module")
def seen(kafka: str) -> Iterator[Cluster]:
    """The history on a real Kafka, for tests that only look."""
    with _cluster(kafka) as cluster:
        yield cluster


@pytest.fixture
def fresh(kafka: str) -> Iterator[Cluster]:
    """The same for tests that change something."""
    with _cluster(kafka) as cluster:
        yield cluster


@contextmanager
def _cluster(kafka: str) -> Iterator[Cluster]:
    hookline = Installation(PARTITIONS, new_prefix())
    history(hookline)
    with provided_topics(kafka, hookline.topics.prefix):
        publish(hookline, kafka)
        yield Cluster(hookline, commands(kafka, hookline.topics.prefix), kafka)


class TestState:
    def test_get_for_a_person(self, seen: Cluster) -> None:
        done = seen.run("state", "get", CHAT)
        assert done.code == 0
        assert done.err == "No inspector answers at http://127.0.0.1:1: reading the topics.\n"
        assert done.out.startswith(f"{CHAT}  active\n")
        for words in ("Jane", "200 inbound", "Message 199", "1 duplicate", "google_ads"):
            assert words in done.out
        assert "ledger" not in done.out

    def test_get_for_a_program(self, seen: Cluster) -> None:
        row = seen.run("state", "get", CHAT, "--json").json
        assert (row["key"], row["kind"], row["phase"]) == (CHAT, "conversation", "active")
        assert row["first_message_at"] == "2026-06-01T12:00:00.000000Z"
        assert "fold" not in row
        internals = seen.run("state", "get", CHAT, "--json", "--internals").json
        assert internals["fold"]["moved"] == 128
        assert len(internals["ledger"]) == 74

    def test_no_such_row(self, seen: Cluster) -> None:
        done = seen.run("state", "get", "varda/call/99")
        assert (done.code, done.out) == (1, "")
        assert f"{seen.hookline.topics.state_calls}, partition" in done.err

    @pytest.mark.parametrize("key", ["varda", "varda/agent/1", "varda/conversation/"])
    def test_no_key(self, seen: Cluster, key: str) -> None:
        done = seen.run("state", "get", key)
        assert done.code == 2
        assert "Traceback" not in done.err

    def test_list(self, seen: Cluster) -> None:
        done = seen.run("state", "list", "--json")
        assert {item["key"] for item in done.json["items"]} == {
            CHAT,
            "varda/conversation/8",
            CALL,
        }
        assert done.json["items"][0]["key"] == CHAT
        by_phase = seen.run("state", "list", "--phase", "resolved", "--json").json
        assert [item["key"] for item in by_phase["items"]] == ["varda/conversation/8"]
        person = seen.run("state", "list", "--table", "conversations", "--limit", "1")
        assert CHAT in person.out
        assert "The newest 1 of 2" in person.err

    def test_list_by_silence_and_text(self, seen: Cluster) -> None:
        silent = seen.run("state", "list", "--silent", "30m", "--q", "MESSAGE 199", "--json").json
        assert [item["key"] for item in silent["items"]] == [CHAT]
        assert seen.run("state", "list", "--silent", "30").code == 2

    def test_watch(self, fresh: Cluster, kafka: str) -> None:
        environment = os.environ | {
            "HOOKLINE_BOOTSTRAP": kafka,
            "HOOKLINE_TOPIC_PREFIX": fresh.hookline.topics.prefix,
        }
        arguments = ["state", "watch", "--json", "--limit", "2"]
        watching = subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert watching.stderr is not None
        assert "Watching" in watching.stderr.readline()
        fresh.hookline.receive(varda.conversation("resolved", 7, at(300)))
        fresh.hookline.receive(varda.conversation("created", 77, at(300)))
        fresh.hookline.work()
        publish(fresh.hookline, kafka)
        out, _ = watching.communicate(timeout=30)
        changes = {change["key"]: change for change in map(json.loads, out.splitlines())}
        assert not changes[CHAT]["new"]
        assert {"field": "phase", "from": "active", "to": "resolved"} in changes[CHAT]["changes"]
        assert changes["varda/conversation/77"]["new"]
        assert watching.returncode == 0


class TestReceipt:
    def test_applied_and_duplicate(self, seen: Cluster) -> None:
        id = id_of(varda.message(7, 1, at(1), text="Message 1"))
        found = seen.run("receipt", id, "--json").json
        assert [one["became"] for one in found["records"]] == ["applied", "duplicate"]
        assert found["records"][0]["key"] == CHAT
        person = seen.run("receipt", id, "--key", CHAT)
        assert "applied to its row" in person.out
        assert "a duplicate" in person.out
        assert "Kafka has no index of ids" in person.err

    def test_dead(self, seen: Cluster) -> None:
        id = id_of(b'{"event": ')
        done = seen.run("receipt", id)
        assert done.code == 0
        assert "not_json" in done.out
        assert "hookline dead show" in done.out

    def test_unknown(self, seen: Cluster) -> None:
        done = seen.run("receipt", "0" * 32)
        assert (done.code, done.out) == (1, "")
        assert seen.run("receipt", "xyz").code == 2


class TestVerify:
    def test_all_is_right(self, seen: Cluster) -> None:
        done = seen.run("verify", "--all", "--json")
        assert (done.code, done.json["right"]) == (0, True)
        assert done.json["rows"] == {"equal": 3}
        assert done.json["raw"]["dead"] == 3
        assert "3 rows" in seen.run("verify", "--all").out

    def test_one_is_right(self, seen: Cluster) -> None:
        assert seen.run("verify", CHAT).code == 0
        assert seen.run("verify", CHAT, "--quick").code == 0

    def test_what_is_wrong_is_shown_field_by_field(self, fresh: Cluster, kafka: str) -> None:
        row = fresh.hookline.row("conversation", CHAT)
        assert isinstance(row, Conversation)
        row.messages.inbound = 7
        fresh.hookline.overwrite("conversation", CHAT, row)
        fresh.hookline.overwrite("call", CALL, None)
        publish(fresh.hookline, kafka)
        done = fresh.run("verify", "--all", "--json")
        assert done.code == 1
        findings = {one["key"]: one for one in done.json["findings"]}
        assert findings[CHAT]["differences"] == [
            {"field": "messages.inbound", "row": 7, "raw": 200}
        ]
        assert findings[CALL]["verdict"] == "missing"
        person = fresh.run("verify", CHAT)
        assert person.code == 1
        assert "messages.inbound" in person.out
        assert fresh.run("verify", CHAT, "--quick").code == 1

    def test_what_waits_for_the_worker_is_no_difference(self, fresh: Cluster, kafka: str) -> None:
        fresh.hookline.receive(varda.conversation("resolved", 7, at(300)))
        publish(fresh.hookline, kafka)
        done = fresh.run("verify", CHAT)
        assert done.code == 0
        assert "1 of them wait for the worker" in done.out

    def test_neither_row_nor_records(self, seen: Cluster) -> None:
        done = seen.run("verify", "varda/call/99", "--json")
        assert (done.code, done.json["findings"]) == (1, [])

    def test_what_raw_no_longer_keeps_cannot_be_proved(self, fresh: Cluster, kafka: str) -> None:
        raw, number = fresh.hookline.topics.raw, fresh.hookline.log.partition_of(CHAT)
        with administration(Connection(kafka)) as admin:
            admin.delete_records({TopicPartition(raw, number): 100})
        done = fresh.run("verify", CHAT)
        assert done.code == 0
        assert "expired" in done.out

    def test_what_to_verify_must_be_said(self, seen: Cluster) -> None:
        assert seen.run("verify").code == 2
        assert seen.run("verify", CHAT, "--all").code == 2


class TestReplay:
    def test_rows_of_the_same_log_are_the_same_byte_for_byte(
        self, fresh: Cluster, kafka: str
    ) -> None:
        done = fresh.run("replay", "--into", "again", "--json")
        assert done.code == 0, done.err
        assert done.json["rows"] == {"call": 1, "conversation": 2}
        live, shadow = fresh.hookline.topics, Topics(f"{fresh.hookline.topics.prefix}again.")
        assert rows(kafka, shadow) == rows(kafka, live)
        assert fresh.run("verify", "--all", "--shadow", "again").code == 0
        row = fresh.run("state", "get", CHAT, "--shadow", "again", "--json").json
        assert row == fresh.run("state", "get", CHAT, "--json").json

    def test_what_is_there_is_not_overwritten(self, fresh: Cluster) -> None:
        assert fresh.run("replay", "--into", "a", "--key", CALL).code == 0
        again = fresh.run("replay", "--into", "a")
        assert again.code == 2
        assert "--force-new" in again.err
        done = fresh.run("replay", "--into", "a", "--force-new", "--source", "varda", "--json")
        assert done.json["rows"] == {"call": 1, "conversation": 2}

    def test_one_that_did_not_end_is_not_proved(self, fresh: Cluster, kafka: str) -> None:
        assert fresh.run("replay", "--into", "half").code == 0
        shadow = Topics(f"{fresh.hookline.topics.prefix}half.")
        commit(
            Connection(kafka), worker_group(shadow), fresh.hookline.topics.raw, {0: 0}, UNFINISHED
        )
        said = "The shadow half is not whole: no replay into it has come to its end."
        remedy = "`hookline replay --into half --force-new`."
        for command in (("verify", "--all"), ("state", "get", CHAT, "--at", "1h")):
            done = fresh.run(*command, "--shadow", "half")
            assert (done.code, done.out) == (2, "")
            assert said in done.err and remedy in done.err
        for command in (("list",), ("get", CHAT), ("list", "--q", "nobody")):
            done = fresh.run("state", *command, "--shadow", "half")
            assert done.code == 0
            assert said in done.err and remedy in done.err

    def test_one_that_was_interrupted_at_once_is_not_whole(self, fresh: Cluster) -> None:
        """Its topics are there, and nothing says what they are."""
        with provided_topics(fresh.kafka, f"{fresh.hookline.topics.prefix}begun."):
            listed = fresh.run("state", "list", "--shadow", "begun")
            assert (listed.code, "The shadow begun is not whole" in listed.err) == (0, True)
            assert fresh.run("verify", "--all", "--shadow", "begun").code == 2

    @pytest.mark.parametrize(
        "command",
        [
            ("state", "get", CHAT),
            ("state", "get", CHAT, "--at", "1h"),
            ("state", "list"),
            ("state", "watch"),
            ("verify", CHAT),
            ("verify", "--all"),
        ],
        ids=" ".join,
    )
    def test_there_is_none_of_that_name(self, seen: Cluster, command: tuple[str, ...]) -> None:
        done = seen.run(*command, "--shadow", "nope")
        assert (done.code, done.out) == (2, "")
        assert "There is no shadow nope" in done.err
        assert "`hookline replay --into nope`" in done.err
        assert "topics apply" not in done.err

    def test_a_part_is_proved_as_the_part_it_is(self, fresh: Cluster) -> None:
        span = ("--from", "2026-06-01T12:00:00Z", "--to", "2026-06-01T12:01:00Z")
        done = fresh.run("replay", "--into", "minute", *span, "--json")
        assert (done.json["records"], done.json["rows"]) == (59, {"conversation": 1})
        assert fresh.run("verify", "--all", "--shadow", "minute").code == 0
        row = fresh.run("state", "get", CHAT, "--shadow", "minute", "--json").json
        assert row["events"] == 59

    def test_of_a_part_only_what_it_was_made_of_is_judged(self, fresh: Cluster) -> None:
        other = "varda/conversation/8"
        fresh.run("replay", "--into", "one", "--key", CHAT)
        fresh.run("replay", "--into", "then", "--to", "2026-06-01T12:01:00Z")
        assert fresh.run("verify", CHAT, "--shadow", "one").code == 0
        assert fresh.run("verify", "--all", "--source", "varda", "--shadow", "one").code == 0
        for asked in ((other,), ("--all", "--source", "convocore")):
            done = fresh.run("verify", *asked, "--shadow", "one")
            assert (done.code, done.out) == (2, "")
            assert "The shadow one has nothing of " in done.err
            assert f"it was made of webhooks of {CHAT}." in done.err
        later = fresh.run("verify", other, "--shadow", "then")
        assert later.code == 1
        assert "among the webhooks received before 2026-06-01T12:01:00" in later.err

    def test_as_of_a_time_a_part_is_the_part_it_is(self, fresh: Cluster) -> None:
        other, late = "varda/conversation/8", ("--at", "2026-06-02", "--json")
        span = ("--from", "2026-06-01T12:00:00Z", "--to", "2026-06-01T12:01:00Z")
        fresh.run("replay", "--into", "minute", *span)
        row = fresh.run("state", "get", CHAT, "--shadow", "minute", *late).json
        assert (row["events"], row.pop("as_of")[:10]) == (59, "2026-06-02")
        assert row == fresh.run("state", "get", CHAT, "--shadow", "minute", "--json").json
        then = fresh.run(
            *("state", "get", CHAT, "--shadow", "minute", "--at", "2026-06-01T12:00:30Z", "--json")
        )
        assert then.json["events"] == 30
        none = fresh.run("state", "get", other, "--shadow", "minute", *late)
        assert (none.code, none.json["found"]) == (1, False)

    def test_no_name_no_time_no_installation(self, seen: Cluster, kafka: str) -> None:
        assert seen.run("replay", "--into", "a.b").code == 2
        assert seen.run("replay", "--into", "a", "--from", "soon").code == 2
        assert seen.run("replay", "--into", "a", "--from", "1h", "--to", "2h").code == 2
        other = commands(kafka, "nobody.")("replay", "--into", "a")
        assert other.code == 2
        assert "nobody.webhooks.raw" in other.err


class TestDead:
    def test_list_by_cause(self, seen: Cluster) -> None:
        items = seen.run("dead", "list", "--json").json["items"]
        by_reason = {item["reason"]: item for item in items}
        assert by_reason["schema_mismatch"]["count"] == 2
        assert by_reason["schema_mismatch"]["conversations"] == 1
        assert by_reason["not_json"]["count"] == 1
        person = seen.run("dead", "list")
        assert (person.code, "$.data.content" in person.out) == (0, True)
        assert "3 open" in person.err

    def test_list_each(self, seen: Cluster) -> None:
        items = seen.run("dead", "list", "--all", "--json").json["items"]
        assert [item["reason"] for item in items] == [
            "not_json",
            "schema_mismatch",
            "schema_mismatch",
        ]

    def test_show_by_place_fingerprint_and_id(self, seen: Cluster) -> None:
        (one, *_) = seen.run("dead", "list", "--all", "--json").json["items"]
        for name in (one["raw"], one["fingerprint"], one["id"]):
            done = seen.run("dead", "show", name)
            assert done.code == 0
            assert '{"event": ' in done.out
            assert "what to do" in done.out
        shown = seen.run("dead", "show", one["raw"], "--json").json["items"][0]
        assert shown["body"] == '{"event": '
        assert shown["headers"]["hookline_reason"] == "not_json"

    def test_no_such_letter(self, seen: Cluster) -> None:
        assert seen.run("dead", "show", "0:99999").code == 1
        assert seen.run("dead", "show", "that one").code == 2


def rows(kafka: str, topics: Topics) -> dict[tuple[str, int, bytes | None], bytes | None]:
    """The newest value of each row and segment, by topic without its prefix, partition, key."""
    with Log(Connection(kafka)) as log:
        return {
            (topic.removeprefix(topics.prefix), record.partition, record.key): record.value
            for topic in (*topics.state, topics.ledger)
            for record in log.read(topic)
        }
