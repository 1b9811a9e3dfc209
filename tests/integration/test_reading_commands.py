"""state, receipt, verify, replay and dead, through the command line, on a real Kafka."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from kafka.structs import TopicPartition

from app.core.conversation import Conversation
from app.core.webhook import event_id, iso
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.provision import delete
from app.read.waiting import MOST
from app.simulate.payloads import varda
from tests.integration.on_kafka import append, publish
from tests.integration.reading_cluster import CALL, CHAT, Cluster, at

pytestmark = pytest.mark.long(25)


def id_of(body: Any) -> str:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return event_id("varda", content)


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

    def test_what_waits_for_the_worker_is_said(self, fresh: Cluster, kafka: str) -> None:
        """Of a row, and of a key that has none yet."""
        key = "varda/conversation/70"
        first, _, last = (
            fresh.hookline.receive(varda.message(7, 1_000, at(300))),
            fresh.hookline.receive(varda.message(7, 1_001, at(300))),
            fresh.hookline.receive(varda.message(70, 1, at(0))),
        )
        publish(fresh.hookline, kafka)
        row, none = fresh.run("state", "get", CHAT), fresh.run("state", "get", key)
        assert (row.code, row.out.startswith(f"{CHAT}  active\n")) == (0, True)
        assert "2 webhooks of it wait for the worker since " in row.err
        assert (none.code, none.out) == (1, "")
        assert "1 webhook of it waits for the worker since " in none.err
        asked = {one: fresh.run("state", "get", one, "--json").json for one in (CHAT, key)}
        assert {one: said["waiting"] for one, said in asked.items()} == {
            CHAT: {"webhooks": 2, "since": iso(first.received_at), "unsearched": 0},
            key: {"webhooks": 1, "since": iso(last.received_at), "unsearched": 0},
        }
        as_of = fresh.run("state", "get", CHAT, "--at", "0s", "--json")
        assert "waiting" not in as_of.json

    def test_what_a_shadow_was_not_made_of_waits_for_nobody(
        self, fresh: Cluster, kafka: str
    ) -> None:
        assert fresh.run("replay", "--into", "before").code == 0
        fresh.hookline.receive(varda.message(7, 1_000, at(300)))
        append(fresh.hookline, kafka, [fresh.hookline.topics.raw])
        done = fresh.run("state", "get", CHAT, "--shadow", "before", "--json")
        assert (done.code, "waiting" in done.json, "wait" in done.err) == (0, False, False)

    def test_a_row_is_shown_where_nobody_can_say_what_waits(
        self, fresh: Cluster, kafka: str
    ) -> None:
        with administration(Connection(kafka)) as admin:
            delete(admin, [fresh.hookline.topics.raw])
        done = fresh.run("state", "get", CHAT)
        assert (done.code, done.out.startswith(f"{CHAT}  active\n")) == (0, True)
        assert "Whether a webhook of it waits for the worker cannot be known: " in done.err

    def test_too_much_wait_to_look_through(self, fresh: Cluster, kafka: str) -> None:
        """Neither command reads them, and both say so."""
        hookline = fresh.hookline
        number = hookline.log.partition_of(CHAT)
        keys = (f"varda/conversation/{n}" for n in range(70, 200))
        key = next(one for one in keys if hookline.log.partition_of(one) == number)
        hookline.crowd(number, MOST + 1)
        append(hookline, kafka, [hookline.topics.raw])
        unsearched = {"webhooks": 0, "since": None, "unsearched": MOST + 1}
        too_much = "50,001 webhooks of its partition wait for the worker, too much to look through"
        for command in (("state", "get", CHAT), ("verify", CHAT, "--quick")):
            done, said = fresh.run(*command), fresh.run(*command, "--json").json
            assert (done.code, said["waiting"]) == (0, unsearched)
            assert too_much in done.out + done.err
        for command in (("state", "get", key), ("verify", key, "--quick")):
            done, said = fresh.run(*command), fresh.run(*command, "--json").json
            assert (done.code, said["waiting"]) == (1, unsearched)
            assert too_much in done.err

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

    def test_a_webhook_that_waits_is_not_denied(self, fresh: Cluster, kafka: str) -> None:
        """The worker stands still: nothing follows from that there is no row yet."""
        key = "varda/conversation/70"
        fresh.hookline.receive(varda.message(70, 1, at(0)))
        append(fresh.hookline, kafka, [fresh.hookline.topics.raw])
        for quick in ([], ["--quick"]):
            done = fresh.run("verify", key, *quick)
            assert done.code == 1
            assert f"There is no row {key} yet: 1 of its webhooks waits" in done.err
        as_of = fresh.run("state", "get", key, "--at", "0s")
        assert as_of.code == 1
        assert "1 webhook of it waits for the worker" in as_of.err
        none = fresh.run("state", "get", "varda/conversation/71", "--at", "0s")
        assert "no webhook of it was received by then" in none.err

    def test_quick_says_no_more_than_it_knows(self, seen: Cluster) -> None:
        done = seen.run("verify", "varda/call/99", "--quick")
        assert done.code == 1
        assert "this says without --quick" in done.err
        assert "no raw record" not in done.err

    def test_what_to_verify_must_be_said(self, seen: Cluster) -> None:
        assert seen.run("verify").code == 2
        assert seen.run("verify", CHAT, "--all").code == 2


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
