"""The toy's topics on a real Kafka: what goes in, what must come out, what is committed."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from confluent_kafka import Producer
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from app.child.process import Child
from app.kafka.connection import Connection
from app.kafka.log import Log

PARTITIONS = 4
KEYS = 300
BATCH = 50
PROGRAM = Path(__file__).with_name("toy_worker.py")

Counts = dict[bytes, list[int]]


class Worker:
    """A toy worker in a process of its own."""

    def __init__(self, child: Child) -> None:
        self.child = child

    def said(self) -> str:
        return self.child.log.read_text()

    def wait_until_ready(self, seconds: float = 15) -> None:
        wait_for(lambda: "ready with [" in self.said(), seconds, self.said)

    def exit_code(self, seconds: float = 15) -> int | None:
        assert self.child.wait(seconds), self.said()
        return self.child.exit_code()

    def is_ready_again(self) -> bool:
        return self.said().count("ready with [") > 1

    def freeze(self) -> None:
        os.killpg(self.child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.child.pid, signal.SIGCONT)

    def stop(self) -> int | None:
        self.child.ask_to_stop()
        return self.exit_code()


class Flow:
    """One test's topics, its workers, and the truth about them."""

    def __init__(self, bootstrap: str, prefix: str, folder: Path, stack: ExitStack) -> None:
        self._bootstrap, self._prefix, self._folder, self._stack = bootstrap, prefix, folder, stack
        self._started = 0
        self._produced = 0
        self._admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        stack.callback(self._admin.close)
        configs = {"raw": {}, "rows": {"cleanup.policy": "compact"}, "events": {}}
        wanted = {
            prefix + name: {"num_partitions": PARTITIONS, "configs": config}
            for name, config in configs.items()
        }
        self._admin.create_topics(wanted, wait_for_metadata=True)

    def produce(self, values: Sequence[bytes], seed: int = 1) -> None:
        chance = random.Random(seed)
        producer = Producer(
            {
                "bootstrap.servers": self._bootstrap,
                "linger.ms": 5,
                "batch.num.messages": BATCH,  # a fetch holds no less than one
            }
        )
        for value in values:
            producer.produce(f"{self._prefix}raw", value, f"key {chance.randrange(KEYS)}")
            producer.poll(0)
        assert producer.flush(20) == 0
        self._produced += len(values)

    def start(self, *options: str, bootstrap: str = "") -> Worker:
        self._started += 1
        child = Child(
            "toy",
            [sys.executable, str(PROGRAM), bootstrap or self._bootstrap, self._prefix, *options],
            self._folder / f"worker{self._started}.log",
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        self._stack.callback(child.kill)
        return Worker(child)

    def committed(self) -> dict[int, int]:
        group = f"{self._prefix}group"
        try:
            found = self._admin.list_group_offsets([group])[group]
        except KafkaError:  # the group has no coordinator yet: nobody committed anything
            return {}
        return {part.partition: at.offset for part, at in found.items()}

    def wait_for_share(self, share: float, worker: Worker, seconds: float = 30) -> None:
        """Until so much of what was produced is committed."""
        wanted = share * self._produced
        wait_for(lambda: sum(self.committed().values()) >= wanted, seconds, worker.said)

    def assert_rows_are_right(self) -> None:
        assert self.rows() == self.truth()

    def sent(self) -> dict[int, set[int]]:
        """Offsets of the source that were sent on, by partition. The partition is the source's."""
        sent: dict[int, set[int]] = defaultdict(set)
        for number, offset in self.events():
            sent[number].add(offset)
        return sent

    def events(self) -> Counter[tuple[int, int]]:
        """How often each place of the source was sent on."""
        events: Counter[tuple[int, int]] = Counter()
        with Log(Connection(self._bootstrap)) as log:
            for record in log.read(f"{self._prefix}events"):
                number, offset = map(int, dict(record.headers)["raw"].split(b":"))
                assert number == record.partition
                events[number, offset] += 1
        return events

    def assert_exactly_once(self) -> None:
        """All that was produced has its event, once, and is committed; rows are right."""
        committed = self.committed()
        places = [(number, at) for number, end in committed.items() for at in range(end)]
        assert len(places) == self._produced
        assert self.events() == Counter(places)
        self.assert_rows_are_right()

    def rows(self) -> Counts:
        with Log(Connection(self._bootstrap)) as log:
            return {
                record.key or b"": [int(word) for word in (record.value or b"").split()]
                for record in log.read(f"{self._prefix}rows")
            }

    def truth(self) -> Counts:
        """Last offset, count and sum of each key, counted from the source."""
        rows: Counts = {}
        with Log(Connection(self._bootstrap)) as log:
            for record in log.read(f"{self._prefix}raw"):
                row = rows.setdefault(record.key or b"", [-1, 0, 0])
                row[0] = record.offset
                row[1] += 1
                row[2] += int(record.value or b"")
        return rows


@contextmanager
def toy_flow(bootstrap: str, prefix: str, folder: Path) -> Iterator[Flow]:
    with ExitStack() as stack:
        yield Flow(bootstrap, prefix, folder, stack)


def wait_for(holds: Callable[[], bool], seconds: float, why: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, why()
        time.sleep(0.02)
