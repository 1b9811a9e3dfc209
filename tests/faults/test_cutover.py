"""Rows that are wrong are replaced by a shadow's, while webhooks come in and workers sleep."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import Producer

from app.kafka.groups import members, worker_group
from app.kafka.in_order import IN_ORDER
from app.kafka.log import Log
from app.kafka.partition import partition_of
from tests.faults.crew import WAIT_S
from tests.faults.trial import PARTITIONS, Trial
from tests.integration.commands import Done, commands
from tests.unit.read.installation import codecs

pytestmark = pytest.mark.long(40)

NOBODY = "varda/conversation/nobody"


def test_a_worker_that_slept_through_it_overwrites_nothing(trial: Trial) -> None:
    fixed = with_wrong_rows(trial)
    sleeper = trial.crew.start()
    sleeper.wait_until_ready(WAIT_S)
    trial.pump.start()
    trial.until_committed(100)
    refused = cut_over(trial)
    assert refused.code == 2
    assert "A worker is at work" in refused.err
    trial.crew.freeze(sleeper)
    until_nobody_is_at_work(trial)
    done = cut_over(trial)
    assert done.code == 0, done.err
    assert done.json["rows"]["gone"] == 1
    assert done.json["rows"]["changed"] >= fixed
    trial.crew.thaw(sleeper)
    trial.until_committed(200)
    trial.conclude()


@pytest.mark.parametrize("store", ["memory", "rocksdb"])
def test_without_transactions_the_next_recovery_keeps_them(
    plain_trial: Trial, tmp_path: Path, store: str
) -> None:
    trial = plain_trial
    trial.crew.settings["HOOKLINE_WORKER_STORE"] = store
    trial.crew.settings["HOOKLINE_DATA_DIR"] = str(tmp_path / "data")
    with_wrong_rows(trial)
    trial.pump.start()
    worker = trial.crew.start()
    trial.until_committed(100)
    assert trial.crew.stop(worker) == 0
    done = cut_over(trial)
    assert done.code == 0, done.err
    trial.crew.start()
    trial.until_committed(200)
    trial.conclude()


def with_wrong_rows(trial: Trial) -> int:
    """Some hundred webhooks, a shadow of them, and live rows of which some say something else, one
    is missing, and one is too many. How many say something else.
    """
    trial.pump.produce(400)
    worker = trial.crew.start()
    worker.wait_until_ready(WAIT_S)
    trial.crew.until(lambda: trial.committed() == 400)
    assert trial.crew.stop(worker) == 0
    run = commands(trial.broker.bootstrap, trial.topics.prefix)
    made = run("replay", "--into", "fixed")
    assert made.code == 0, made.err
    same = run("replay", "diff", "fixed", "--json")
    assert (same.code, list(same.json["rows"])) == (0, ["equal"]), same.out
    fixed = spoil(trial)
    other = run("replay", "diff", "fixed", "--json")
    assert (other.code, other.json["rows"]["changed"], other.json["rows"]["gone"]) == (1, fixed, 1)
    assert other.json["fields"]["queue"]["rows"] == fixed
    return fixed


def spoil(trial: Trial) -> int:
    codec, topic = codecs()["conversation"], trial.topics.state_conversations
    with Log(trial.broker.connection) as log:
        rows = {record.key: record.value for record in log.read(topic)}
    producer = Producer({"bootstrap.servers": trial.broker.bootstrap, **IN_ORDER})

    def put(key: bytes | None, value: bytes | None) -> None:
        assert key is not None
        producer.produce(topic, value, key, partition_of(key.decode(), PARTITIONS))

    wrong = list(rows)[:20]
    for key in wrong:
        row = codec.loads(rows[key] or b"")
        put(key, codec.dumps(msgspec.structs.replace(row, queue="wrong", events=99)))
    put(list(rows)[-1], None)
    put(NOBODY.encode(), rows[wrong[0]])
    assert producer.flush(20) == 0
    return len(wrong)


def cut_over(trial: Trial) -> Done:
    run = commands(trial.broker.bootstrap, trial.topics.prefix)
    return run("replay", "cutover", "fixed", "--json")


def until_nobody_is_at_work(trial: Trial) -> None:
    group = worker_group(trial.topics)
    deadline = time.monotonic() + WAIT_S
    while members(trial.broker.connection, group):
        assert time.monotonic() < deadline
        time.sleep(0.2)
