"""What the cluster says of itself: which topics there are, where they end, how far the workers
have come.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec  # pyright: ignore[reportPrivateImportUsage]

from app.inspector.view.identity import Identity
from app.inspector.view.writer import Places
from app.kafka.away import refusal
from app.kafka.connection import Connection
from app.kafka.groups import worker_group
from app.kafka.topics import Topics

_TIMEOUT_S = 5.0


class Away(Exception):
    """The cluster does not answer, or a topic is not there (yet)."""


class Owner(msgspec.Struct, frozen=True):
    """The worker that a partition of the raw log is assigned to."""

    member: str
    host: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster at one moment (`at`, seconds since the epoch, before it was asked).

    `ends` and `firsts` are of what the view follows; `raw_ends` of the raw log by partition;
    `committed` by the workers.
    """

    at: float
    ends: Places
    raw_ends: Mapping[int, int]
    committed: Mapping[int, int]


class Cluster:
    """Asks for one installation. Every question raises Away."""

    def __init__(self, kafka: Connection, topics: Topics) -> None:
        self._topics = topics
        self._group = worker_group(topics)
        self._partitions: dict[str, int] = {}
        self._kafka = kafka
        self._clients: _Clients | None = None
        self._has_answered = False

    @property
    def followed(self) -> tuple[str, ...]:
        return (*self._topics.state, self._topics.dead)

    def identity(self) -> Identity:
        names = [*self.followed, self._topics.raw]
        with self._asking() as clients:
            admin = clients.admin
            asked = _answers(admin.describe_topics, TopicCollection(names))
            cluster = _answer(admin.describe_cluster(request_timeout=_TIMEOUT_S))
        self._partitions = {name: len(topic.partitions) for name, topic in asked.items()}
        return Identity(
            cluster=cluster.cluster_id or "",
            topics={name: str(asked[name].topic_id) for name in self.followed},
        )

    def firsts(self) -> Places:
        """Where what the view follows begins."""
        return self._offsets(self.followed, OffsetSpec.earliest())

    def ends(self) -> Places:
        """Where it ends now."""
        return self._offsets(self.followed, OffsetSpec.latest())

    def standing(self) -> Standing:
        at = time.time()
        ends = self._offsets([*self.followed, self._topics.raw], OffsetSpec.latest())
        raw = self._topics.raw
        return Standing(
            at=at,
            ends={place: end for place, end in ends.items() if place[0] != raw},
            raw_ends={number: end for (topic, number), end in ends.items() if topic == raw},
            committed=self._committed(),
        )

    def owners(self) -> dict[int, Owner]:
        """By partition of the raw log; those that nobody has are left out."""
        with self._asking() as clients:
            found = _answers(clients.admin.describe_consumer_groups, [self._group])[self._group]
        return {
            part.partition: Owner(member.member_id, member.host.removeprefix("/"))
            for member in found.members
            for part in member.assignment.topic_partitions
            if part.topic == self._topics.raw
        }

    def _offsets(self, topics: Sequence[str], which: Any) -> Places:
        asked = {
            TopicPartition(topic, number): which
            for topic in topics
            for number in range(self._partitions[topic])
        }
        with self._asking() as clients:
            found = clients.admin.list_offsets(
                asked,
                isolation_level=IsolationLevel.READ_COMMITTED,
                request_timeout=_TIMEOUT_S,
            )
            return {(at.topic, at.partition): _answer(one).offset for at, one in found.items()}

    def _committed(self) -> dict[int, int]:
        raw = self._topics.raw
        asked = [TopicPartition(raw, number) for number in range(self._partitions[raw])]
        with self._asking() as clients:
            try:
                found = clients.group.committed(asked, timeout=_TIMEOUT_S)
            except KafkaException as error:
                raise Away(_words(error)) from error
        return {part.partition: part.offset for part in found if part.offset >= 0}

    @contextmanager
    def _asking(self) -> Iterator[_Clients]:
        """After a failure others are asked: librdkafka's may not find the leaders of partitions
        for minutes. A cluster that has never answered may not want to.
        """
        clients = self._clients = self._clients or _clients(self._kafka, self._group)
        try:
            yield clients
        except Away as away:
            self._clients = None
            why = None if self._has_answered else refusal(self._kafka)
            raise away if why is None else Away(why) from away
        self._has_answered = True


class _Clients(NamedTuple):
    """`group` is of the workers' group, though never a member of it: librdkafka's AdminClient,
    asked for a group's offsets while its coordinator moves or is being made, crashes the process
    (2.16).
    """

    admin: AdminClient
    group: Consumer


def _clients(kafka: Connection, group: str) -> _Clients:
    settings: dict[str, str | int | float | bool] = {
        **kafka.librdkafka(),
        "client.id": "hookline-inspector",
        "socket.connection.setup.timeout.ms": 5_000,
        "log_level": 0,
    }
    # See app.kafka.groups: also the offsets that a transaction is about to change.
    as_they_are = {"group.id": group, "isolation.level": "read_uncommitted"}
    return _Clients(AdminClient(settings), Consumer(settings | as_they_are))


def _answers(question: Any, asked: object) -> dict[str, Any]:
    found = question(asked, request_timeout=_TIMEOUT_S)
    return {name: _answer(future) for name, future in found.items()}


def _answer(future: Future[Any]) -> Any:
    try:
        return future.result(_TIMEOUT_S)
    except (KafkaException, TimeoutError) as error:
        raise Away(_words(error)) from error


def _words(error: Exception) -> str:
    return error.args[0].str() if isinstance(error, KafkaException) else "no answer in time"
