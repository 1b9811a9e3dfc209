"""What we override and reach into is there, in the versions we are pinned to.

A name that Faust renames would turn an override into a method that nobody calls.
"""

from __future__ import annotations

import inspect
from importlib.metadata import version
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection
from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords
from aiokafka.consumer.group_coordinator import BaseCoordinator, GroupCoordinator
from aiokafka.consumer.subscription_state import (
    Assignment,
    Subscription,
    SubscriptionState,
    TopicPartitionState,
)
from aiokafka.producer.message_accumulator import BatchBuilder
from faust.tables.manager import TableManager as FaustTableManager
from faust.tables.recovery import Recovery as FaustRecovery
from faust.transport.consumer import Consumer as AnyConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage
from mode import Service

from app.faust_batch.app import App
from app.faust_batch.consumer import Consumer
from app.faust_batch.consumer_thread import ConsumerThread
from app.faust_batch.producer import Producer
from app.faust_batch.recovery import Recovery
from app.faust_batch.schema import BatchSchema
from app.faust_batch.store import Store
from app.faust_batch.table import Table
from app.faust_batch.table_manager import TableManager
from app.faust_batch.transport import Transport

OURS: dict[type, set[str]] = {
    App: {"fail", "is_ready", "observer", "process", "table"},
    BatchSchema: set(),
    Consumer: {"_batch", "_deliver", "_drain_once", "_on_lost", "_pace", "open"},
    ConsumerThread: {"_end_fetch", "_fetch", "_fetch_now", "_pause", "_seek_sources", "_watch"}
    | {"end_offset", "member", "pause", "seek_sources"},
    Producer: {"send_rows", "_on_delivery"},
    Recovery: {"_look_for_the_end", "restore"},
    Store: {"_is_ours", "drop", "rows"},
    TableManager: set(),
    Table: {
        "_include",
        "_include_when_done",
        "_write_overwritten",
        "drop",
        "offset_within",
        "restore",
        "rows",
        "write",
    },
    Transport: set(),
}
"""Methods that are new; every other one must be an override."""


def test_faust_and_aiokafka_are_the_versions_that_were_read() -> None:
    assert version("faust-streaming").startswith("0.15.")
    assert version("aiokafka").startswith("0.14.")


@pytest.mark.parametrize("ours", OURS, ids=lambda ours: ours.__name__)
def test_what_is_not_ours_overrides_something(ours: type) -> None:
    functions = {name for name, value in vars(ours).items() if inspect.isfunction(value)}
    base = ours.__mro__[1]
    assert {name for name in functions - OURS[ours] if not hasattr(base, name)} == set()
    assert {name for name in functions & OURS[ours] if hasattr(base, name)} == set()


@pytest.mark.parametrize("ours", OURS, ids=lambda ours: ours.__name__)
def test_overrides_are_called_as_they_expect(ours: type) -> None:
    for name, value in vars(ours).items():
        if inspect.isfunction(value) and name not in OURS[ours] and name != "__init__":
            theirs = inspect.signature(getattr(ours.__mro__[1], name)).parameters
            mine = inspect.signature(value).parameters
            if not any(each.kind is each.VAR_KEYWORD for each in mine.values()):
                assert list(mine) == list(theirs), name


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (AIOKafkaConsumer, ["assignment", "committed", "pause", "seek", "seek_to_beginning"]),
        (AIOKafkaProducer, ["create_batch", "flush", "send_batch"]),
        (GroupCoordinator, ["_send_req", "check_errors", "close"]),
        (GroupCoordinator, ["coordinator_dead", "ensure_coordinator_known"]),
        (AIOKafkaClient, ["_wait_on_metadata", "coordinator_lookup", "force_metadata_update"]),
        (BatchBuilder, ["_build", "_set_producer_state", "size"]),
        (Fetcher, ["_create_fetch_waiter", "_notify", "error_future", "fetched_records"]),
        (FetchResult, ["_update_position", "check_assignment", "has_more"]),
        (PartitionRecords, ["_consume_aborted_up_to", "_contains_abort_marker"]),
        (SubscriptionState, ["fetch_context", "is_assigned", "reassignment_in_progress"]),
        (Assignment, ["state_value"]),
        (Subscription, ["assignment"]),
        (BatchBuilder, ["append", "close", "record_count"]),
        (
            AnyConsumer,
            ["_commit", "_get_active_partitions", "_is_changelog_tp", "commit", "wait_first"],
        ),
        (driver.AIOKafkaConsumerThread, ["_ensure_consumer", "call_thread"]),
        (driver.Producer, ["_ensure_producer", "_producer"]),
        (FaustTableManager, ["_update_channels", "on_standbys_ready", "recovery"]),
        (FaustRecovery, ["need_recovery", "signal_recovery_end", "standby_remaining_total"]),
        (FaustRecovery, ["_set_recovery_ended", "in_recovery"]),
        (Service, ["_crash", "crash", "itertimer", "logger"]),
    ],
)
def test_what_is_reached_into_is_there(owner: type, names: list[str]) -> None:
    assert [name for name in names if not hasattr(owner, name)] == []


def test_instances_have_what_is_reached_into() -> None:
    consumer: Any = AnyConsumer.__init__.__code__.co_names
    for name in ("_acked", "_acked_index", "_committed_offset", "_read_offset", "suspend_flow"):
        assert name in consumer
    assert {"_coordinator", "_fetcher"} <= set(AIOKafkaConsumer.start.__code__.co_names)
    assert "_isolation_level" in AIOKafkaConsumer.__init__.__code__.co_names
    assert "_conns" in AIOKafkaClient.__init__.__code__.co_names
    assert "_last_action" in AIOKafkaConnection._handle_frame.__code__.co_names
    assert "_client" in BaseCoordinator.__init__.__code__.co_names
    assert {
        "_coordination_task",
        "_group_instance_id",
        "_retry_backoff_ms",
        "coordinator_id",
        "generation",
        "group_id",
        "member_id",
    } <= set(GroupCoordinator.__init__.__code__.co_names)
    assert "_fetch_max_wait_ms" in AIOKafkaConsumer.__init__.__code__.co_names
    assert {"_client", "_subscription"} <= set(AIOKafkaConsumer.__init__.__code__.co_names)
    assert "highwater" in TopicPartitionState.__init__.__code__.co_names
    fetcher = {"_closed", "_records", "_subscriptions", "_wait_consume_future"}
    assert fetcher <= set(Fetcher.__init__.__code__.co_names)
    assert "_partition_records" in FetchResult.__init__.__code__.co_names
    fetched = {"_aborted_producers", "_check_crcs", "_isolation_level", "_records"}
    assert fetched | {"_records_iterator", "next_fetch_offset"} <= set(
        PartitionRecords.__init__.__code__.co_names
    )


def test_a_message_takes_what_we_give_it() -> None:
    given = {"topic", "partition", "offset", "timestamp", "timestamp_type", "headers", "key"}
    given |= {"value", "checksum", "serialized_key_size", "serialized_value_size", "tp"}
    assert given | {"generation_id"} <= set(inspect.signature(ConsumerMessage).parameters)
