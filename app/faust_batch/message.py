"""The one Faust message that stands for a whole run of records."""

from __future__ import annotations

from typing import Any, cast

from faust.types.tuples import ConsumerMessage

from app.faust_batch.batch import Batch


def message_of(batch: Batch, generation: int) -> ConsumerMessage:
    """Its offset is the last that the run covers, be it a marker's."""
    tp = batch.tp
    return ConsumerMessage(
        topic=tp.topic,
        partition=tp.partition,
        offset=batch.next_offset - 1,
        timestamp=batch.records[-1].timestamp / 1000 if batch.records else 0,
        timestamp_type=0,
        headers=None,
        key=None,
        value=cast(Any, batch),
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        tp=tp,
        generation_id=generation,
    )
