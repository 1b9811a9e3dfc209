"""Traffic of all vendors, and what a worker made of it, on a real Kafka."""

from __future__ import annotations

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.kafka.topics import Topics
from app.simulate.traffic import Traffic
from tests.integration.on_kafka import publish
from tests.one_kafka import PARTITIONS
from tests.unit.read.installation import RECEIVED, Installation

WEBHOOKS = 300


def installation(kafka: str, topics: Topics) -> Installation:
    """Of topics that are there."""
    found = Installation(PARTITIONS, topics.prefix)
    add_traffic(found, kafka, seed=3)
    return found


def add_traffic(hookline: Installation, kafka: str, seed: int) -> None:
    sources = [Source(name=v.name, vendor=v.name, account_id="1") for v in VENDORS]
    deliveries = Traffic(sources, seed=seed, now=RECEIVED).deliveries(WEBHOOKS)
    hookline.receive_all(delivery.webhook for delivery in deliveries)
    hookline.work()
    publish(hookline, kafka)
