"""What is no fault of a record ends a worker before it commits; what is one stops nobody."""

from __future__ import annotations

import msgspec

from app.core.row import FOLD_VERSION
from app.faust_batch.app import EXIT_FAILED
from app.kafka.partition import partition_of
from app.kafka.writer import Writer
from tests.faults.feed import ENDLESS_KEY, feed
from tests.faults.poison import KINDS
from tests.faults.trial import Trial
from tests.one_kafka import PARTITIONS
from tests.unit.read.installation import codecs


def test_outputs_that_the_broker_refuses(trial: Trial) -> None:
    trial.pump.produce(500)
    trial.limit(trial.topics.events("varda"), max_message_bytes=300)
    refused = trial.crew.start()
    trial.pump.start()
    assert refused.exit_code() == EXIT_FAILED
    assert "MessageSizeTooLarge" in refused.said()
    trial.proof.nothing_is_committed_ahead()
    trial.limit(trial.topics.events("varda"))
    trial.conclude()


def test_an_agent_that_raises(trial: Trial) -> None:
    """A row that a newer fold wrote may not be touched: the agent raises at its first record."""
    trial.pump.produce(500)
    first = trial.crew.start()
    trial.until_committed(500)
    assert trial.crew.stop(first) == 0
    trial.proof.nothing_is_committed_ahead()
    key, codec = ENDLESS_KEY.encode(), codecs()["conversation"]
    right = trial.proof.held.rows["conversation", key]
    newer = msgspec.structs.replace(codec.loads(right), fold_version=FOLD_VERSION + 1)
    write_row(trial, key, codec.dumps(newer))
    trial.pump.produce(500)  # the endless conversation is among them
    raising = trial.crew.start()
    assert raising.exit_code() == EXIT_FAILED
    assert "NewerFold" in raising.said()
    write_row(trial, key, right)
    trial.crew.tend()  # starts it anew
    trial.conclude()


def write_row(trial: Trial, key: bytes, value: bytes) -> None:
    with Writer(trial.broker.connection) as writer:
        topic = trial.topics.state_conversations
        writer.write(topic, partition_of(key, PARTITIONS), key, value)
        writer.settle()


def test_poisoned_records_stop_nobody(trial: Trial) -> None:
    trial.pump.feed = feed(seed=2, poison=0.3)
    trial.pump.produce(20 * len(KINDS))
    dead = [reason for reason in trial.pump.foretold.values() if reason is not None]
    assert len(dead) > 2 * len(KINDS)  # they take turns: each has come
    trial.crew.start()
    trial.conclude()
    assert trial.crew.ended == []
