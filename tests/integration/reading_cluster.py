"""A history on a real Kafka, and the commands that read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from app.simulate.payloads import varda
from tests.integration.commands import Run, commands
from tests.integration.on_kafka import publish
from tests.one_kafka import PARTITIONS, new_prefix, provided_topics
from tests.unit.read.installation import RECEIVED, SECOND, Installation

CHAT, CALL = "varda/conversation/7", "varda/call/9"


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def history(hookline: Installation) -> None:
    """A conversation of 200 messages (one of them twice), a second one, a call, an agent, and
    three bodies that cannot be decoded, two of them for one cause.
    """
    hookline.receive(varda.conversation("created", 7, at(0)))
    for n in range(200):
        hookline.receive(varda.message(7, n, at(n), text=f"Message {n}"))
        if n % 50 == 0:
            hookline.work()
    hookline.receive(varda.message(7, 1, at(1), text="Message 1"))
    hookline.receive(varda.conversation("resolved", 8, at(9), channel="email"))
    hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
    agent = {"agentId": "a1", "agentName": "Ada", "createdAt": "2026-06-01T10:00:00Z"}
    hookline.receive({"type": "agent_created", "payload": agent}, source="convocore")
    hookline.receive(b'{"event": ')
    for n in range(2):
        hookline.receive(varda.message(7, 900 + n, at(4), more={"content": {"no": "text"}}))
    hookline.work()


class Cluster(NamedTuple):
    hookline: Installation
    run: Run
    kafka: str


@contextmanager
def reading_cluster(kafka: str) -> Iterator[Cluster]:
    """Under a prefix of its own, until it is left."""
    hookline = Installation(PARTITIONS, new_prefix())
    history(hookline)
    with provided_topics(kafka, hookline.topics.prefix):
        publish(hookline, kafka)
        yield Cluster(hookline, commands(kafka, hookline.topics.prefix), kafka)


@pytest.fixture(scope="module")
def seen(kafka: str) -> Iterator[Cluster]:
    """The history on a real Kafka, for tests that only look."""
    with reading_cluster(kafka) as cluster:
        yield cluster


@pytest.fixture
def fresh(kafka: str) -> Iterator[Cluster]:
    """The same for tests that change something."""
    with reading_cluster(kafka) as cluster:
        yield cluster
