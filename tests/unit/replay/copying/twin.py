"""A copy in memory, and its writer: the twin of app.kafka.transactional.TransactionalWriter that
commits offsets as well, and may die at any step.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from app.core.webhook import Headers
from app.kafka.groups import copy_group
from app.kafka.log import Progress
from app.kafka.record import Record
from app.kafka.transactional import Passed
from app.replay.copying.letters import why_dead
from app.replay.copying.outcome import Copied
from app.replay.copying.run import Copy
from tests.unit.read.installation import Installation, catalogue
from tests.unit.redrive.memory_writer import Broker, MemoryWriter


class CopyBroker(Broker):
    """`offsets` are what groups committed: by group and topic, by partition."""

    @cached_property
    def offsets(self) -> dict[tuple[str, str], Mapping[int, int]]:
        return {}


class CopyWriter(MemoryWriter):
    def __init__(
        self, broker: CopyBroker, steps: int | None = None, other: CopyWriter | None = None
    ) -> None:
        super().__init__(broker, steps, other)
        self._of = broker
        self._written: list[Record] = []

    def until_readable(self, *topics: str) -> None:
        self._step()

    def write(
        self,
        topic: str,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None = None,
        timestamp_ms: int = 0,
    ) -> None:
        super().write(topic, partition, key or b"", value or b"", headers or [])
        record = Record(topic, partition, 0, key, value, headers or [], timestamp_ms)
        self._written.append(record)

    def commit(self, passed: Passed | None = None) -> None:
        self._step()
        for one in self._written:
            self._of.log.append(
                one.topic, one.partition, one.key, one.value, one.headers, one.timestamp_ms
            )
        self._written, self._open, self._settled = [], [], 0
        if passed is not None:
            self._of.offsets[passed.group, passed.topic] = dict(passed.offsets)
        self.commits += 1
        self._step()


class Growth:
    """An installation, and a wider one on the same log that it is copied into."""

    def __init__(self, old: Installation, partitions: int = 5) -> None:
        self.old = old
        self.new = Installation(partitions, "wide.", old.log)
        self.broker = CopyBroker(old.log)
        self._why_dead = why_dead(catalogue(), old.codecs)

    def copy(
        self,
        writer: CopyWriter | None = None,
        together: int = 3,
        progress: Progress | None = None,
    ) -> Copied:
        log, old, new = self.old.log, self.old.topics, self.new.topics
        group = copy_group(new), old.raw
        copy = Copy(
            *(log, log, old, new, writer or CopyWriter(self.broker)),
            lambda: self.broker.offsets.get(group, {}),
            self._why_dead,
            together=together,
        )
        return copy.run(progress)

    def raw(self, one: Installation) -> list[Record]:
        return list(one.log.read(one.topics.raw))
