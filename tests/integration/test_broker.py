"""The embedded Kafka: starts, keeps its data, stops, and never outlives its starter."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from app.errors import UserError
from app.kafka.admin import administration
from app.kafka.broker import Broker, Installation, install
from app.kafka.connection import Connection
from app.kafka.log import Log
from app.kafka.provision import apply
from app.kafka.topics import Topic
from tests.processes import gone_within

pytestmark = pytest.mark.long(25)


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    broker = Broker(install(), tmp_path / "data", tmp_path / "kafka.log")
    broker.start()
    broker.wait_until_ready()
    with administration(broker.connection) as admin:
        apply(admin, [Topic("kept", partitions=1, replication=1, config={})])
    producer = Producer({"bootstrap.servers": broker.bootstrap})
    producer.produce("kept", b"value", b"key")
    assert producer.flush(10) == 0
    broker.stop()

    again = Broker(install(), tmp_path / "data", tmp_path / "kafka.log")
    again.start()
    try:
        again.wait_until_ready()
        consumer = Consumer({"bootstrap.servers": again.bootstrap, "group.id": "g"})
        consumer.assign([TopicPartition("kept", 0, 0)])
        message = consumer.poll(15)
        consumer.close()
    finally:
        again.stop()
    assert message is not None
    assert (message.key(), message.value()) == (b"key", b"value")


def test_what_was_committed_is_there_for_its_readers_when_it_was_killed_at_once(
    tmp_path: Path,
) -> None:
    """Kafka 4.3 left such transactions open for good (KAFKA-20734)."""
    broker = Broker(install(), tmp_path / "data", tmp_path / "kafka.log")
    broker.start()
    broker.wait_until_ready()
    with administration(broker.connection) as admin:
        apply(admin, [Topic("rows", partitions=1, replication=1, config={})])
    try:
        for _ in range(4):
            settings = {"bootstrap.servers": broker.bootstrap, "log_level": 0}
            producer = Producer(settings | {"transactional.id": "t"})
            producer.init_transactions(20)
            producer.begin_transaction()
            producer.produce("rows", b"value", b"key")
            producer.commit_transaction(20)
            broker.child.kill()
            assert broker.child.wait(10)
            broker.start()
            broker.wait_until_ready()
            deadline = time.monotonic() + 20
            at = broker.bootstrap
            while end(at, uncommitted=False) != end(at, uncommitted=True):
                assert time.monotonic() < deadline, "it stays open"
                time.sleep(0.05)
    finally:
        broker.stop()


def end(bootstrap: str, *, uncommitted: bool) -> int:
    with Log(Connection(bootstrap), uncommitted=uncommitted) as log:
        return log.spans("rows")[0].end


def test_it_listens_on_loopback_alone(kafka: str) -> None:
    port = kafka.rpartition(":")[2]
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=False).stdout
    if not listening:
        pytest.skip("there is no ss here")
    addresses = {line.split()[3] for line in listening.splitlines()}
    assert {address for address in addresses if address.endswith(f":{port}")} <= {
        f"127.0.0.1:{port}",
        f"[::ffff:127.0.0.1]:{port}",
    }


def test_it_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\n"
            "from pathlib import Path\n"
            "from app.kafka.broker import Broker, install\n"
            "broker = Broker(install(), Path(sys.argv[1], 'data'), Path(sys.argv[1], 'log'))\n"
            "broker.start()\n"
            "broker.wait_until_ready()\n"
            "print(broker.child.pid, flush=True)\n"
            "time.sleep(60)\n",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert gone_within(pid, 2)


def test_a_broker_that_cannot_start_says_why(tmp_path: Path) -> None:
    installed = install()
    broken = Installation(installed.java, installed.jars[:5])
    broker = Broker(broken, tmp_path / "data", tmp_path / "kafka.log")
    with pytest.raises(UserError, match="could not set up its data folder"):
        broker.start()
