"""timeline, state get --at and state diff, through the command line, on a real Kafka."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from kafka.structs import TopicPartition

from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.read.tables import row_key
from tests.integration.commands import Run
from tests.integration.history_cluster import CHAT, Cluster, dead_without_a_row, time

pytestmark = pytest.mark.long(25)


def changes(item: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["path"]: (one.get("before"), one.get("after")) for one in item["changes"]}


class TestTimeline:
    def test_each_webhook_and_what_it_changed(self, told: Cluster) -> None:
        done = told.run("timeline", CHAT, "--json")
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

    def test_for_a_person(self, told: Cluster) -> None:
        done = told.run("timeline", CHAT)
        assert done.code == 0
        assert "reading the topics" in done.err
        first, second, *lines = done.out.splitlines()
        assert first == f"{CHAT}  active"
        assert second == "7 webhooks, 1 duplicate, 1 late, 1 dead letter"
        text = "\n".join(lines)
        for words in ("inbound: Where is my parcel?", "phase: active → resolved", "+25 s"):
            assert words in text
        assert "schema_mismatch: $.meta.sender: expected an object" in text

    def test_a_scan_finds_what_changes_no_row(self, told: Cluster) -> None:
        said = told.run("timeline", CHAT, "--scan", "--json").json
        assert said["whole"] and said["total"] == 8
        typing = said["items"][5]
        assert (typing["type"], typing["badges"]) == (
            "voxsig.conversation_typing_on",
            ["event_only"],
        )

    def test_of_a_time_and_no_more_than_asked_for(self, told: Cluster) -> None:
        span = ("--since", time(20), "--until", time(70))
        said = told.run("timeline", CHAT, *span, "--json").json
        assert [item["received_at"][14:19] for item in said["items"]] == [
            "00:20",
            "00:30",
            "00:40",
            "00:50",
        ]
        newest = told.run("timeline", CHAT, "--limit", "2")
        assert "2 of 7 webhooks" in newest.out
        place = told.run("timeline", CHAT, "--limit", "2", "--json").json["items"][0]["raw"]
        assert f"--before {place} those before" in newest.err
        rest = told.run("timeline", CHAT, "--before", place, "--json").json
        assert len(rest["items"]) == 5, "what the hint names is all that there is besides"
        elsewhere = told.run("timeline", CHAT, "--before", f"9{place}")
        assert elsewhere.code == 2
        assert "another partition" in elsewhere.err
        nothing = told.run("timeline", CHAT, "--since", time(2000))
        assert (nothing.code, nothing.out) == (0, "")
        assert "None of the 7 webhooks is of that time and place." in nothing.err

    def test_bodies(self, told: Cluster) -> None:
        (item,) = told.run("timeline", CHAT, "--limit", "1", "--body", "--json").json["items"]
        assert '"conversation_status_changed"' in item["body"]
        assert item["headers"]["ce_source"] == "voxsig"
        assert item["event"]["status"] == "open"

    def test_of_simulated_traffic(self, told: Cluster) -> None:
        """Each webhook is told of, as often as it came."""
        most = sorted(told.traffic.rows, key=lambda row: -row.sent_again)
        for key in [row.key for row in most[:2]]:
            row = told.hookline.row(row_key(key)[0], key)
            said = told.run("timeline", key, "--limit", "1000", "--json").json
            worn = Counter(badge for item in said["items"] for badge in item["badges"])
            assert worn["duplicate"] == row.duplicates > 0
            assert worn["late"] == row.late
            assert said["total"] == row.events + row.duplicates + worn["dead_letter"]

    def test_without_a_row_the_partition_is_read_through(self, told: Cluster) -> None:
        key = dead_without_a_row(told.hookline)
        done = told.run("timeline", key)
        assert done.code == 0
        assert f"There is no row {key}: partition" in done.err
        assert done.out.splitlines()[:2] == [f"{key}  no row", "1 webhook, 1 dead letter"]

    def test_nothing_was_received(self, told: Cluster) -> None:
        done = told.run("timeline", "voxsig/conversation/1-99")
        assert (done.code, done.out) == (1, "")
        assert "There is no webhook of voxsig/conversation/1-99." in done.err


class TestAsOf:
    def test_as_it_was(self, told: Cluster) -> None:
        row = told.run("state", "get", CHAT, "--at", time(71), "--json").json
        assert (row["phase"], row["as_of"]) == ("resolved", "2026-06-01T13:01:11.000000Z")
        assert row["events"] == 4
        assert "fold" not in row
        person = told.run("state", "get", CHAT, "--at", time(71))
        assert person.out.startswith(f"{CHAT}  resolved  as of {time(71)}\n")

    def test_the_last_moment_is_now(self, told: Cluster) -> None:
        then = told.run("state", "get", CHAT, "--at", time(80), "--json").json
        assert then.pop("as_of")
        assert then == told.run("state", "get", CHAT, "--json").json

    def test_with_internals(self, told: Cluster) -> None:
        then = told.run("state", "get", CHAT, "--at", time(20), "--internals", "--json").json
        assert len(then["ledger"]) == 2

    def test_before_there_was_any(self, told: Cluster) -> None:
        done = told.run("state", "get", CHAT, "--at", time(0))
        assert (done.code, done.out) == (1, "")
        assert f"There was no row {CHAT} at {time(0)}" in done.err


class TestDiff:
    def test_two_moments(self, told: Cluster) -> None:
        done = told.run("state", "diff", CHAT, "--from", time(20), "--to", time(70), "--json")
        said = done.json
        assert (said["key"], said["from"]) == (CHAT, "2026-06-01T13:00:20.000000Z")
        found = changes(said)
        assert found["phase"] == ("active", "resolved")
        assert found["messages.outbound"] == (0, 1)
        person = told.run("state", "diff", CHAT, "--from", time(20), "--to", time(70))
        assert "  phase: active → resolved\n" in person.out
        assert "  outbound: On its way\n" in person.out
        assert "  events: 2 → 4\n" in person.out

    def test_nothing_changed(self, told: Cluster) -> None:
        done = told.run("state", "diff", CHAT, "--from", time(20), "--to", time(21))
        assert (done.code, done.out) == (0, "")
        assert "Nothing changed" in done.err

    def test_from_before_there_was_any(self, told: Cluster) -> None:
        done = told.run("state", "diff", CHAT, "--from", time(0))
        assert done.out.startswith(f"{CHAT}  new  from {time(0)} to now\n")
        assert told.run("state", "diff", CHAT, "--from", time(0), "--to", time(1)).code == 1

    def test_the_wrong_way_round(self, told: Cluster) -> None:
        done = told.run("state", "diff", CHAT, "--from", time(9), "--to", time(8))
        assert done.code == 2
        assert "--from is after --to" in done.err


class TestExpired:
    """Retention took the first of its webhooks."""

    @pytest.fixture
    def run(self, told_anew: Cluster, kafka: str) -> Run:
        raw, number = told_anew.hookline.topics.raw, told_anew.hookline.log.partition_of(CHAT)
        spans = told_anew.hookline.log.read(
            raw, {number: told_anew.hookline.log.spans(raw)[number]}
        )
        first = next(record.offset for record in spans if record.key == CHAT.encode())
        with administration(Connection(kafka)) as admin:
            admin.delete_records({TopicPartition(raw, number): first + 1})
        return told_anew.run

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
