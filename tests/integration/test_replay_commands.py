"""replay, and what commands say of the shadows that it makes, on a real Kafka."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.kafka.connection import Connection
from app.kafka.groups import commit, worker_group
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.replay.selection import UNFINISHED
from tests.integration.commands import commands
from tests.integration.reading_cluster import CALL, CHAT, Cluster
from tests.one_kafka import provided_topics

pytestmark = pytest.mark.long(25)


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


class TestSourceThatIsNowhere:
    """Most likely a typo, which no check is to pass by."""

    @pytest.mark.parametrize(
        "command",
        [("verify", "--all"), ("replay", "--into", "typo"), ("state", "list")],
        ids=" ".join,
    )
    def test_it_is_refused_with_those_that_are_known(
        self, seen: Cluster, command: tuple[str, ...]
    ) -> None:
        done = seen.run(*command, "--source", "vard")
        assert (done.code, done.out) == (2, "")
        assert "of the source 'vard'" in done.err
        assert "varda" in done.err.splitlines()[-1]
        there = seen.run("state", "list", "--shadow", "typo")
        assert "There is no shadow typo" in there.err

    def test_one_among_others(self, seen: Cluster) -> None:
        done = seen.run("verify", "--all", "--source", "varda", "--source", "vard", "--json")
        assert (done.code, done.out) == (2, "")
        assert seen.run("verify", "--all", "--source", "convocore").code == 0

    def test_one_that_is_configured_may_have_nothing_yet(
        self, seen: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its secrets are not asked for."""
        config = tmp_path / "hookline.toml"
        config.write_text('[[source]]\nname = "new"\nvendor = "varda"\nsecrets = ["${NOT_SET}"]\n')
        monkeypatch.setenv("HOOKLINE_CONFIG", str(config))
        assert seen.run("verify", "--all", "--source", "new").code == 0
        assert seen.run("state", "list", "--source", "new").code == 0
        done = seen.run("verify", "--all", "--source", "nwe")
        assert done.code == 2
        assert done.err.splitlines()[-1].endswith("known: new, convocore, varda.")

    def test_of_another_table_it_is_known(self, seen: Cluster) -> None:
        done = seen.run("state", "list", "--source", "VARDA", "--table", "contacts")
        assert (done.code, "No row is like that." in done.err) == (0, True)


def rows(kafka: str, topics: Topics) -> dict[tuple[str, int, bytes | None], bytes | None]:
    """The newest value of each row and segment, by topic without its prefix, partition, key."""
    with Log(Connection(kafka)) as log:
        return {
            (topic.removeprefix(topics.prefix), record.partition, record.key): record.value
            for topic in (*topics.state, topics.ledger)
            for record in log.read(topic)
        }
