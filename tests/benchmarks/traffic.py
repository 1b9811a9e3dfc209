"""The simulator's webhooks as the endpoint puts them on the raw log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from random import Random

from confluent_kafka import Producer

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.simulate.traffic import AT_ONCE, Traffic
from tests.raw_record import ACCOUNT, raw_record

NOW = 1_780_000_000_000_000

Generator = Callable[[int], Iterable[RawRecord]]


def traffic(vendor: str, seed: int = 1) -> Generator:
    """The webhooks of one vendor or, with `all`, of all."""

    def generate(count: int) -> Iterator[RawRecord]:
        names = [each.name for each in VENDORS if vendor in ("all", each.name)]
        sources = [
            Source(name=n, vendor=n, secrets=(b"a secret",), account_id=ACCOUNT) for n in names
        ]
        for delivery in Traffic(sources, seed=seed, now=NOW).deliveries(count):
            yield raw_record(delivery.webhook, NOW)

    return generate


def busy(vendor: str, at_once: int, least: int = 1) -> Generator:
    """Of a centre where about `at_once` stories go on at the same time, those whose key has at
    least so many webhooks. How many go on at once is what decides how well batches coalesce.
    """

    def generate(count: int) -> Iterator[RawRecord]:
        centres = max(1, at_once // AT_ONCE)
        share = int(count / centres * (1.45 if least > 1 else 1)) + 200
        open_ = [_long_enough(traffic(vendor, seed), share, least) for seed in range(centres)]
        chance, made = Random(1), 0
        while open_ and made < count:
            n = chance.randrange(len(open_))
            record = next(open_[n], None)
            if record is None:
                open_[n] = open_[-1]
                open_.pop()
                continue
            made += 1
            yield record

    return generate


def _long_enough(generate: Generator, count: int, least: int) -> Iterator[RawRecord]:
    """Generated twice rather than kept."""
    keys = Counter(record.key for record in generate(count)) if least > 1 else None
    return (record for record in generate(count) if keys is None or keys[record.key] >= least)


def publish(bootstrap: str, topic: str, records: Iterable[RawRecord]) -> tuple[int, int]:
    """As the endpoint does: compressed, by Kafka's partitioner. How many records, and keys."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "linger.ms": 5,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    count, keys = 0, set[str]()
    for record in records:
        producer.produce(topic, record.body, record.key, headers=[*record.headers()])
        producer.poll(0)
        count += 1
        keys.add(record.key)
    assert producer.flush(60) == 0
    return count, len(keys)
