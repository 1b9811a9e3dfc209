"""Topics on a real cluster: what is planned, applied, and refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from confluent_kafka import Producer
from kafka.errors import RequestTimedOutError

from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.provision import Difference, apply, check_partitions, delete, plan
from app.kafka.topics import Topics, declare, max_message_bytes


def test_apply_creates_everything_and_then_has_nothing_to_do(kafka: str, prefix: str) -> None:
    topics = Topics(prefix)
    declared = declare(topics, partitions=4, replication=1)
    with administration(Connection(kafka)) as admin:
        assert {step.action for step in plan(admin, declared)} == {"create"}
        apply(admin, declared)
        assert [step.topic for step in plan(admin, declared)] == list(topics)
        assert {step.action for step in plan(admin, declared)} == {"keep"}
        delete(admin, list(topics))


def test_what_was_deleted_is_made_again_at_once(kafka: str, topics: Topics) -> None:
    """A broker hears of it later than the controller: what seems to be there is not kept."""
    declared = declare(topics, partitions=4, replication=1)
    with administration(Connection(kafka)) as admin:
        for _ in range(8):
            delete(admin, list(topics))
            assert {step.action for step in apply(admin, declared)} == {"create"}


def test_a_setting_that_drifted_is_set_again_and_others_are_left_alone(
    kafka: str, topics: Topics
) -> None:
    for_ever = declare(topics, partitions=4, replication=1)
    for_a_day = declare(topics, partitions=4, replication=1, raw_retention_ms=86_400_000)
    with administration(Connection(kafka)) as admin:
        [raw, *others] = plan(admin, for_a_day)
        assert (raw.topic, raw.action) == (topics.raw, "alter")
        assert raw.differences == [Difference("retention.ms", "-1", "86400000")]
        assert {step.action for step in others} == {"keep"}
        apply(admin, for_a_day)
        assert {step.action for step in plan(admin, for_a_day)} == {"keep"}
        apply(admin, for_ever)
        assert {step.action for step in plan(admin, for_ever)} == {"keep"}


def test_another_partition_count_is_refused_by_name(kafka: str, topics: Topics) -> None:
    with administration(Connection(kafka)) as admin, pytest.raises(UserError) as refused:
        apply(admin, declare(topics, partitions=8, replication=1))
    assert f"Topic {topics.raw} has 4 partitions, 8 expected" in refused.value.what
    assert "HOOKLINE_PARTITIONS=4" in refused.value.remedy


def test_more_copies_than_brokers_are_refused(kafka: str, prefix: str) -> None:
    declared = declare(Topics(prefix), partitions=4, replication=3)
    for action in (plan, apply):
        with (
            administration(Connection(kafka)) as admin,
            pytest.raises(UserError, match="--replication 1"),
        ):
            action(admin, declared)


def test_fewer_copies_than_declared_are_refused(kafka: str, topics: Topics) -> None:
    with (
        administration(Connection(kafka)) as admin,
        pytest.raises(UserError, match="1 of the 3 copies"),
    ):
        plan(admin, declare(topics, partitions=4, replication=3))


def test_a_process_checks_the_partition_count_before_it_starts(kafka: str, topics: Topics) -> None:
    check_partitions(Connection(kafka), topics, 4)
    with pytest.raises(UserError, match="has 4 partitions, 6 expected"):
        check_partitions(Connection(kafka), topics, 6)


def test_a_process_does_not_start_without_its_topics(kafka: str, prefix: str) -> None:
    with pytest.raises(UserError, match=f"(?s)no topic {prefix}webhooks.raw.*topics apply"):
        check_partitions(Connection(kafka), Topics(prefix), 4)


def test_a_kafka_that_falls_silent_does_not_answer_and_refuses_nothing(kafka: str) -> None:
    with (
        pytest.raises(UserError, match=f"No Kafka answers at {kafka}"),
        administration(Connection(kafka)),
    ):
        raise RequestTimedOutError


def test_the_largest_webhook_fits_everywhere(kafka: str, topics: Topics) -> None:
    producer = Producer(
        {"bootstrap.servers": kafka, "message.max.bytes": max_message_bytes(), "linger.ms": 0}
    )
    failures: list[object] = []
    body = b"x" * (max_message_bytes() - 64 * 1024)
    headers: list[tuple[str, str | bytes | None]] = [
        ("ce_id", b"0" * 32),
        ("hookline_delivery", b"d" * 1024),
    ]
    for name in topics:
        producer.produce(
            name, body, b"k" * 300, headers=headers, on_delivery=lambda e, _: failures.append(e)
        )
    assert producer.flush(30) == 0
    assert failures == [None] * len(list(topics))


def hookline(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_producer_whose_clock_is_fast_writes_all_the_same(kafka: str, topics: Topics) -> None:
    tomorrow = round((time.time() + 86_400) * 1_000)
    failures: list[object] = []
    producer = Producer({"bootstrap.servers": kafka, "acks": "all"})
    for topic in topics:
        producer.produce(
            topic,
            b"{}",
            b"key",
            timestamp=tomorrow,
            on_delivery=lambda error, _message: failures.append(error),
        )
    assert producer.flush(10) == 0
    assert failures == [None] * len(list(topics))


def test_the_command_line_plans_then_applies(kafka: str, prefix: str) -> None:
    given = ("--bootstrap", kafka, "--prefix", prefix, "--partitions", "2", "--replication", "1")
    planned = hookline("topics", "plan", *given)
    assert planned.returncode == 1
    assert planned.stdout.startswith(f"create  {prefix}webhooks.raw ")
    assert hookline("topics", "apply", *given).returncode == 0
    again = hookline("topics", "plan", "--json", *given)
    assert again.returncode == 0
    assert json.loads(again.stdout)[0] == {
        "topic": f"{prefix}webhooks.raw",
        "action": "keep",
        "partitions": 2,
        "replication": 1,
        "differences": [],
    }
    with administration(Connection(kafka)) as admin:
        delete(admin, list(Topics(prefix)))
