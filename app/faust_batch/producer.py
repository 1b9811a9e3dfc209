"""The producer: sends rows as ready-made record batches, one future each.

Overrides of faust/transport/drivers/aiokafka.py `Producer`:

`_settings_extra`  acks=all and idempotence; stock has them in its broken exactly-once mode only.
`flush`            Waits until everything is acknowledged. Stock flushes its buffer, which gives up
                   after 0.1 s without progress (faust/transport/producer.py,
                   `ProducerBuffer.flush_atmost`), and offsets are committed after it.

A send that fails ends the process: a row that is in memory but not in the changelog cannot be
repaired from here. Faust only logs it (faust/topics.py `Topic._on_published`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.producer.message_accumulator import BatchBuilder
from faust.transport.drivers import aiokafka as driver

from app.faust_batch.batch import Delivery, Outgoing
from app.faust_batch.logs import FAUST


class Producer(driver.Producer):
    app: Any  # our App: naming it here would be a circle
    logger = FAUST
    atomic = False

    def _settings_extra(self) -> dict[str, Any]:
        return {"acks": "all", "enable_idempotence": True}

    @property
    def client(self) -> AIOKafkaClient:
        """The connections to the brokers, which transactions use as well."""
        return self._ensure_producer().client

    async def send_rows(
        self, topic: str, partition: int, rows: Iterable[Outgoing]
    ) -> list[Delivery]:
        """Send rows in order, in as few record batches as fit. Waits where the partition's last
        record batch has not left yet."""
        producer = self._ensure_producer()
        deliveries: list[Delivery] = []
        for builder in pack(rows, producer.create_batch, int(time.time() * 1000)):
            sent_at = time.perf_counter()
            future = await producer.send_batch(builder, topic, partition=partition)
            count = builder.record_count()
            future.add_done_callback(partial(self._on_delivery, topic, count, sent_at))
            deliveries.append(Delivery(future, count))
        self.app.observer.sent(topic, sum(delivery.records for delivery in deliveries))
        return deliveries

    def _on_delivery(
        self, topic: str, records: int, sent_at: float, future: asyncio.Future[Any]
    ) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            self.app.fail(error, "a record batch could not be delivered")
        elif not future.cancelled():
            self.app.observer.acknowledged(topic, records, time.perf_counter() - sent_at)

    async def flush(self) -> None:
        while self.buffer.size:
            await self.buffer.flush()
        if self._producer is not None:
            await self._producer.flush()
            await asyncio.sleep(0)  # the futures' callbacks run


def pack(
    rows: Iterable[Outgoing], new_builder: Callable[[], BatchBuilder], now: int
) -> Iterator[BatchBuilder]:
    """Rows as closed record batches, each as full as its size allows.

    A row larger than that makes a record batch of its own, which the broker takes or refuses by
    the topic's max.message.bytes. `now` is in milliseconds.
    """
    builder = new_builder()
    for key, value, headers, timestamp in rows:
        at = now if timestamp is None else timestamp
        if builder.append(timestamp=at, key=key, value=value, headers=headers) is None:
            yield builder
            builder = new_builder()
            builder.append(timestamp=at, key=key, value=value, headers=headers)
    if builder.record_count():
        builder.close()
        yield builder
