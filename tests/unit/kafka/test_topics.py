"""The declaration of the topics."""

from __future__ import annotations

from app.kafka.topics import Topic, Topics, declare, max_message_bytes

MIB = 1024 * 1024


def production(prefix: str = "") -> dict[str, Topic]:
    return {topic.name: topic for topic in declare(Topics(prefix), partitions=8, replication=3)}


def test_the_names_are_those_that_consumers_build_on() -> None:
    assert list(Topics()) == [
        "webhooks.raw",
        "webhooks.dead",
        "events.voiso",
        "events.varda",
        "events.convocore",
        "events.voxsig",
        "state.conversations",
        "state.calls",
        "state.contacts",
        "state.ledger",
    ]
    assert all(name.startswith("eu.") for name in Topics("eu."))


def test_every_topic_has_the_same_partition_count_and_survives_a_lost_machine() -> None:
    for topic in production().values():
        assert (topic.partitions, topic.replication) == (8, 3)
        assert topic.config["min.insync.replicas"] == "2"
        assert topic.config["unclean.leader.election.enable"] == "false"


def test_raw_is_kept_for_ever_events_and_dead_letters_90_days_state_compacted() -> None:
    topics = production()
    assert topics["webhooks.raw"].config["retention.ms"] == "-1"
    for name in ("webhooks.dead", "events.voiso", "events.voxsig"):
        assert topics[name].config["cleanup.policy"] == "delete"
        assert topics[name].config["retention.ms"] == str(90 * 24 * 3600 * 1000)
    for name in ("state.conversations", "state.calls", "state.contacts", "state.ledger"):
        assert topics[name].config["cleanup.policy"] == "compact"


def test_one_broker_needs_one_copy_in_sync() -> None:
    for topic in declare(Topics(), partitions=4, replication=1):
        assert topic.config["min.insync.replicas"] == "1"


def test_topics_take_more_than_the_largest_body() -> None:
    for limit in (MIB, 8 * MIB):
        for topic in declare(Topics(), partitions=4, replication=3, max_body=limit):
            assert int(topic.config["max.message.bytes"]) == max_message_bytes(limit) > limit
