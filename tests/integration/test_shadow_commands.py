"""replay diff, cutover, list and drop on a real Kafka."""

from __future__ import annotations

import msgspec
import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from app.core.undecodable import Undecodable
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.groups import worker_group
from app.kafka.log import Log
from app.kafka.provision import apply
from app.kafka.topics import declare
from app.replay.cutover import writer_name
from app.replay.notes import note_unfinished
from app.replay.shadow import row_topics, shadow_of
from app.replay.shadow_topics import prepare
from app.settings import MIB
from app.simulate.payloads import varda
from tests.integration.on_kafka import publish
from tests.integration.reading_cluster import CALL, CHAT, Cluster, at
from tests.one_kafka import PARTITIONS, provided_topics

pytestmark = pytest.mark.long(30)

OTHER = "varda/conversation/8"


@pytest.fixture
def wrong(fresh: Cluster) -> Cluster:
    """A shadow `fixed`, and live rows of which one says something else and one is missing."""
    assert fresh.run("replay", "--into", "fixed").code == 0
    hookline = fresh.hookline
    row = msgspec.structs.replace(hookline.row("conversation", CHAT), queue="wrong", events=3)
    hookline.overwrite("conversation", CHAT, row)
    hookline.overwrite("call", CALL, None)
    publish(hookline, fresh.kafka)
    return fresh


def in_a_transaction(cluster: Cluster, number: int) -> Producer:
    """What a worker is that has written a batch of a partition, and not yet committed it."""
    topics = cluster.hookline.topics
    producer = Producer(
        {
            "bootstrap.servers": cluster.kafka,
            "transactional.id": writer_name(topics, number),
            "transaction.timeout.ms": 60_000,
        }
    )
    producer.init_transactions(10)
    producer.begin_transaction()
    for topic in (topics.dead, *row_topics(topics)):
        producer.produce(topic, b"not committed", b"by a sleeper", number)
    producer.flush(10)
    consumer = Consumer(
        {"bootstrap.servers": cluster.kafka, "group.id": worker_group(topics), "log_level": 0}
    )
    passed = [TopicPartition(topics.raw, number, 1_000)]
    producer.send_offsets_to_transaction(passed, consumer.consumer_group_metadata(), 10)
    consumer.close()
    return producer


class TestDiff:
    def test_rows_of_the_same_rules_are_equal(self, fresh: Cluster) -> None:
        assert fresh.run("replay", "--into", "same").code == 0
        done = fresh.run("replay", "diff", "same")
        assert (done.code, done.out) == (0, "3 rows: 3 equal.\n")

    def test_what_would_change_is_shown_by_row_and_by_field(self, wrong: Cluster) -> None:
        done = wrong.run("replay", "diff", "fixed")
        assert done.code == 1
        lines = [line.split() for line in done.out.splitlines()]
        assert [CHAT, "changed"] in lines
        assert ["queue", "wrong", "null"] in lines
        assert [CALL, "new"] in lines
        assert "3 rows: 1 changed, 1 equal, 1 new." in done.out
        assert ["queue", "1", "wrong", "null", CHAT] in lines
        assert "hookline replay cutover fixed" in done.out

    def test_as_json(self, wrong: Cluster) -> None:
        done = wrong.run("replay", "diff", "fixed", "--limit", "1", "--json")
        assert done.code == 1
        assert done.json["rows"] == {"changed": 1, "equal": 1, "new": 1}
        assert done.json["more"] == 1
        [item] = done.json["items"]
        assert (item["key"], item["kind"], item["verdict"]) == (CHAT, "conversation", "changed")
        assert {"field": "queue", "live": "wrong", "shadow": None} in item["differences"]
        assert done.json["fields"]["events"]["example"]["live"] == 3

    def test_nothing_is_written(self, wrong: Cluster) -> None:
        wrong.run("replay", "diff", "fixed")
        assert wrong.run("verify", CHAT, "--from-topics").code == 1


class TestCutover:
    def test_the_live_rows_are_the_shadows(self, wrong: Cluster) -> None:
        assert wrong.run("verify", "--all").code == 1
        done = wrong.run("replay", "cutover", "fixed")
        assert done.code == 0, done.err
        assert "3 rows: 1 changed, 1 equal, 1 new." in done.out
        assert "Written: 1 calls, 1 conversations; 0 segments of the ledger." in done.out
        assert wrong.run("verify", "--all").code == 0
        assert wrong.run("replay", "diff", "fixed").code == 0
        assert wrong.run("state", "get", CHAT, "--json").json["queue"] is None
        again = wrong.run("replay", "cutover", "fixed", "--json")
        assert again.json["written"] == {}

    def test_what_came_since_is_folded_on(self, wrong: Cluster) -> None:
        wrong.hookline.receive(varda.message(7, 700, at(700)))
        wrong.hookline.work()
        publish(wrong.hookline, wrong.kafka)
        assert wrong.run("replay", "cutover", "fixed").code == 0
        assert wrong.run("verify", "--all").code == 0

    def test_of_one_source_the_others_stay(self, wrong: Cluster) -> None:
        assert wrong.run("replay", "--into", "one", "--key", CALL).code == 0
        done = wrong.run("replay", "cutover", "one", "--json")
        assert done.json["rows"] == {"new": 1}
        found = wrong.run("verify", "--all", "--json").json["findings"]
        assert [one["key"] for one in found] == [CHAT]

    def test_not_while_a_worker_is_at_work(self, wrong: Cluster) -> None:
        group = worker_group(wrong.hookline.topics)
        worker = Consumer({"bootstrap.servers": wrong.kafka, "group.id": group})
        worker.subscribe([wrong.hookline.topics.raw])
        try:
            while not worker.assignment():
                worker.poll(0.2)
            done = wrong.run("replay", "cutover", "fixed")
        finally:
            worker.close()
        assert (done.code, done.out) == (2, "")
        assert "A worker is at work" in done.err
        assert "Stop all workers" in done.err

    def test_though_a_worker_sleeps_in_the_midst_of_its_transactions(self, wrong: Cluster) -> None:
        """One of each partition, with offsets and rows: the broker ends them after a minute only,
        and each as its partition is taken over.
        """
        asleep = [in_a_transaction(wrong, number) for number in range(PARTITIONS)]
        done = wrong.run("replay", "cutover", "fixed")
        assert done.code == 0, done.err
        assert "3 rows: 1 changed, 1 equal, 1 new." in done.out
        for producer in asleep:
            with pytest.raises(KafkaException, match="fenced"):
                producer.commit_transaction(10)
        assert wrong.run("verify", "--all").code == 0

    def test_not_with_one_whose_making_anew_was_interrupted(self, wrong: Cluster) -> None:
        """Its topics are made, and empty: that it had been whole must not count."""
        kafka, live = Connection(wrong.kafka), wrong.hookline.topics
        shadow = shadow_of(live, "fixed")
        with administration(kafka) as admin, Log(kafka) as log:

            def begin() -> None:
                note_unfinished(kafka, live, shadow, PARTITIONS)

            prepare(admin, log, live, shadow, max_body=MIB, anew=True, begin=begin)
        done = wrong.run("replay", "cutover", "fixed")
        assert (done.code, done.out) == (2, "")
        assert "The shadow fixed is not whole" in done.err
        assert "fixed  not whole" in wrong.run("replay", "list").out

    def test_what_is_refused_anew_is_still_whole(self, wrong: Cluster) -> None:
        assert wrong.run("replay", "--into", "fixed").code == 2
        assert wrong.run("replay", "cutover", "fixed").code == 0

    def test_not_before_the_workers_are_where_the_shadow_is(self, fresh: Cluster) -> None:
        fresh.hookline.receive(varda.message(7, 700, at(700)))
        publish(fresh.hookline, fresh.kafka)
        assert fresh.run("replay", "--into", "ahead").code == 0
        assert fresh.run("replay", "diff", "ahead", "--json").json["rows"]["ahead"] == 1
        done = fresh.run("replay", "cutover", "ahead")
        assert (done.code, done.out) == (2, "")
        assert "The workers are behind the shadow" in done.err

    def test_not_over_letters_that_its_rows_have(self, fresh: Cluster) -> None:
        """Their events were never published, and a redrive would no longer do it."""
        hookline = fresh.hookline
        record = hookline.receive(varda.message(8, 700, at(700)))
        hookline.bury(record, Undecodable("schema_mismatch", "it had a fault"))
        hookline.projected[record.partition] = record.offset + 1
        publish(hookline, fresh.kafka)
        assert fresh.run("replay", "--into", "mended").code == 0
        assert fresh.run("replay", "diff", "mended", "--json").json["rows"]["changed"] == 1
        done = fresh.run("replay", "cutover", "mended")
        assert (done.code, done.out) == (2, "")
        place = f"{record.partition}:{record.offset}"
        assert f"1 dead letter that would decode today ({place})" in done.err
        assert "`hookline dead redrive --all`" in done.err
        assert fresh.run("dead", "redrive", "--all").code == 1  # others stay dead
        waiting = fresh.run("replay", "cutover", "mended")
        assert waiting.code == 2  # for the workers, which publish it
        assert place in waiting.err


class TestShadows:
    def test_they_are_listed_with_what_they_were_made_of(self, fresh: Cluster) -> None:
        none = fresh.run("replay", "list")
        assert (none.code, none.out) == (0, "")
        assert "`hookline replay --into NAME`" in none.err
        fresh.run("replay", "--into", "whole")
        fresh.run("replay", "--into", "one", "--source", "varda")
        with provided_topics(fresh.kafka, f"{fresh.hookline.topics.prefix}other."):
            assert fresh.run("replay", "list").out.splitlines() == [
                "one  webhooks of varda",
                "whole  all webhooks",
            ]
        items = fresh.run("replay", "list", "--json").json["items"]
        assert items[0] == {"name": "one", "made_of": "webhooks of varda", "noted": True}

    def test_one_is_dropped(self, fresh: Cluster) -> None:
        fresh.run("replay", "--into", "old")
        done = fresh.run("replay", "drop", "old")
        assert (done.code, "old.state.conversations" in done.out) == (0, True)
        assert fresh.run("replay", "list", "--json").json["items"] == []
        assert "There is no shadow old" in fresh.run("state", "list", "--shadow", "old").err
        assert fresh.run("verify", "--all").code == 0

    def test_one_of_which_nothing_is_noted_is_dropped_by_force(self, fresh: Cluster) -> None:
        """It may be another installation's, whose prefix ends in no dot."""
        topics = shadow_of(fresh.hookline.topics, "theirs")
        with administration(Connection(fresh.kafka)) as admin:
            declared = declare(topics, partitions=PARTITIONS, replication=1)
            apply(admin, [one for one in declared if one.name in row_topics(topics)])
        assert "theirs  nothing is noted" in fresh.run("replay", "list").out
        refused = fresh.run("replay", "drop", "theirs")
        assert (refused.code, refused.out) == (2, "")
        assert "--force" in refused.err
        assert fresh.run("replay", "drop", "theirs", "--force").code == 0
        assert fresh.run("replay", "list").out == ""

    def test_an_installation_is_no_shadow(self, fresh: Cluster) -> None:
        with provided_topics(fresh.kafka, f"{fresh.hookline.topics.prefix}other."):
            done = fresh.run("replay", "drop", "other", "--force")
        assert (done.code, done.out) == (2, "")
        assert "an installation of its own" in done.err


class TestRefused:
    @pytest.mark.parametrize("command", ["diff", "cutover"])
    def test_parts_of_rows_are_not_compared(self, seen: Cluster, command: str) -> None:
        seen.run("replay", "--into", f"part-{command}", "--to", "2026-06-01T12:01:00Z")
        done = seen.run("replay", command, f"part-{command}")
        assert (done.code, done.out) == (2, "")
        assert "they are parts, and live rows are whole" in done.err

    @pytest.mark.parametrize("command", ["diff", "cutover", "drop"])
    def test_there_is_none_of_that_name(self, seen: Cluster, command: str) -> None:
        done = seen.run("replay", command, "nope")
        assert (done.code, done.out) == (2, "")
        assert "There is no shadow nope" in done.err

    @pytest.mark.parametrize("command", ["diff", "cutover"])
    def test_one_that_is_not_whole(self, seen: Cluster, command: str) -> None:
        with provided_topics(seen.kafka, f"{seen.hookline.topics.prefix}begun."):
            done = seen.run("replay", command, "begun")
        assert (done.code, done.out) == (2, "")
        assert "The shadow begun is not whole" in done.err


@pytest.mark.parametrize("option", [("--into", "a"), ("--json",), ("--prefix", "a")])
def test_what_stands_before_a_subcommand_is_refused(seen: Cluster, option: tuple[str, ...]) -> None:
    done = seen.run("replay", *option, "diff", "a")
    assert (done.code, done.out) == (2, "")
    assert f"{option[0]} stands before diff" in done.err


def test_replay_alone_asks_for_a_name(seen: Cluster) -> None:
    done = seen.run("replay")
    assert (done.code, done.out) == (2, "")
    assert "hookline replay --into NAME" in done.err
