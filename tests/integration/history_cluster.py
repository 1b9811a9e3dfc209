"""A conversation in the midst of traffic on a real Kafka, and the commands that tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.read.tables import table_of
from app.simulate.payloads import voxsig
from app.simulate.traffic import Traffic
from tests.integration.commands import Run, commands
from tests.integration.on_kafka import publish
from tests.one_kafka import PARTITIONS, new_prefix, provided_topics
from tests.unit.read.installation import RECEIVED, SECOND, Installation

CHAT = "voxsig/conversation/1-7"
START = RECEIVED + 3_600 * SECOND


def at(seconds: int) -> int:
    return START + seconds * SECOND


def time(seconds: int) -> str:
    """As an option takes it."""
    return f"2026-06-01T13:{seconds // 60:02}:{seconds % 60:02}Z"


def tell(hookline: Installation) -> None:
    """One conversation among others: a webhook every ten seconds."""
    open_, resolved = voxsig.snapshot(7, at(0)), voxsig.snapshot(7, at(60), status="resolved")
    asked = voxsig.message("message_created", open_, 1, at(11), text="Where is my parcel?")
    answer = voxsig.message("message_created", open_, 2, at(5), type="outgoing", text="On its way")
    again = voxsig.snapshot(7, at(80))
    webhooks = [
        voxsig.conversation("conversation_created", open_),
        asked,
        answer,  # late
        asked,  # a duplicate
        voxsig.conversation(
            "conversation_updated", open_, more={"meta": {"sender": "Jane"}}
        ),  # dies
        voxsig.typing("conversation_typing_on", open_),
        voxsig.conversation("conversation_status_changed", resolved),
        voxsig.conversation("conversation_status_changed", again),
    ]
    for n, body in enumerate(webhooks, 1):
        hookline.receive(body, source="voxsig", received_at=at(10 * n))
    hookline.work()


class Cluster(NamedTuple):
    hookline: Installation
    traffic: Traffic
    run: Run


@contextmanager
def history_cluster(kafka: str) -> Iterator[Cluster]:
    """Under a prefix of its own, until it is left."""
    hookline = Installation(PARTITIONS, new_prefix())
    sources = [Source(name=vendor.name, vendor=vendor.name, account_id="1") for vendor in VENDORS]
    traffic = Traffic(sources, seed=4, now=RECEIVED)
    webhooks = [delivery.webhook for delivery in traffic.deliveries(400)]
    hookline.receive_all(webhooks[:200])
    tell(hookline)
    hookline.receive_all(webhooks[200:])
    hookline.work()
    with provided_topics(kafka, hookline.topics.prefix):
        publish(hookline, kafka)
        yield Cluster(hookline, traffic, commands(kafka, hookline.topics.prefix))


@pytest.fixture(scope="module")
def told(kafka: str) -> Iterator[Cluster]:
    """Traffic of all vendors, and the conversation in the midst of it; for tests that look."""
    with history_cluster(kafka) as cluster:
        yield cluster


@pytest.fixture
def told_anew(kafka: str) -> Iterator[Cluster]:
    """The same for tests that change something."""
    with history_cluster(kafka) as cluster:
        yield cluster


def dead_without_a_row(hookline: Installation) -> str:
    """The key of a dead letter that could have a row, and has none."""
    keys = [(record.key or b"").decode() for record in hookline.log.read(hookline.topics.dead)]
    tables = ((table_of(key), key) for key in keys)
    return next(key for table, key in tables if table and not hookline.rows.newest(table, key))
