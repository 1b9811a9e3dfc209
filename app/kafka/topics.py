"""Every topic of Hookline, declared: its name, its size, how long it keeps what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.core.vendors import VENDORS
from app.settings import MIB, Settings

FOR_EVER_MS = -1

_EVER_MS = 2**63 - 1
_KEPT_90_DAYS = timedelta(days=90)


class Topics:
    """The names, under a prefix; a prefix is one installation of Hookline on a cluster."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.raw = f"{prefix}webhooks.raw"
        self.dead = f"{prefix}webhooks.dead"
        self.state_conversations = f"{prefix}state.conversations"
        self.state_calls = f"{prefix}state.calls"
        self.state_contacts = f"{prefix}state.contacts"
        self.ledger = f"{prefix}state.ledger"

    def events(self, vendor: str) -> str:
        return f"{self.prefix}events.{vendor}"

    @property
    def state(self) -> tuple[str, str, str]:
        return self.state_conversations, self.state_calls, self.state_contacts

    def __iter__(self) -> Iterator[str]:
        yield self.raw
        yield self.dead
        for vendor in VENDORS:
            yield self.events(vendor.name)
        yield from self.state
        yield self.ledger


@dataclass(frozen=True)
class Topic:
    """A topic as it must be. `config` holds Kafka's own names and its texts for values."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]


def max_message_bytes(max_body: int = MIB) -> int:
    """What topics and producers must take, in bytes, for webhooks of at most `max_body`.

    A raw record or a dead letter is the body, its key and headers. An event of the body can be
    larger than it: text that JSON leaves out (nulls, units, dotted paths of unknown fields) is
    written out. Rows and segments of the ledger have caps of their own, well under 2 MiB.
    """
    return 2 * max_body + 2 * MIB


def declare(
    topics: Topics,
    *,
    partitions: int,
    replication: int,
    max_body: int = MIB,
    raw_retention_ms: int = FOR_EVER_MS,
) -> list[Topic]:
    """All topics of one prefix, all with the same partition count, so that a key's records, events
    and rows have the same partition number everywhere.
    """
    common = {
        "max.message.bytes": str(max_message_bytes(max_body)),
        "min.insync.replicas": "2" if replication > 2 else "1",
        "unclean.leader.election.enable": "false",
        "compression.type": "producer",
        "message.timestamp.type": "CreateTime",
        # A producer whose clock is fast writes all the same: Kafka 4 refuses an hour by itself.
        "message.timestamp.after.max.ms": str(_EVER_MS),
    }
    compacted = {
        **common,
        "cleanup.policy": "compact",
        # Small segments and an eager cleaner: the active segment is never compacted, and what
        # is not compacted is what a worker reads on recovery.
        "segment.bytes": str(64 * MIB),
        "segment.ms": _ms(timedelta(days=1)),
        "min.cleanable.dirty.ratio": "0.2",
    }

    def deleted(retention_ms: str) -> dict[str, str]:
        return {
            **common,
            "cleanup.policy": "delete",
            "retention.ms": retention_ms,
            "retention.bytes": "-1",
        }

    configs = {topics.raw: deleted(str(raw_retention_ms)), topics.dead: deleted(_ms(_KEPT_90_DAYS))}
    configs |= {topics.events(vendor.name): deleted(_ms(_KEPT_90_DAYS)) for vendor in VENDORS}
    configs |= dict.fromkeys((*topics.state, topics.ledger), compacted)
    return [Topic(name, partitions, replication, configs[name]) for name in topics]


def declare_for(settings: Settings) -> list[Topic]:
    """All topics as an installation's settings have them."""
    days = settings.raw_retention_days
    return declare(
        Topics(settings.topic_prefix),
        partitions=settings.partitions,
        replication=settings.replication_factor,
        max_body=settings.endpoint_max_body_bytes,
        raw_retention_ms=FOR_EVER_MS if days is None else int(_ms(timedelta(days=days))),
    )


def _ms(duration: timedelta) -> str:
    return str(duration // timedelta(milliseconds=1))
