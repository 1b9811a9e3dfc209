"""A record of the raw topic as the folds take it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.core.webhook import NotARawRecord, RawRecord, read_raw_record
from app.kafka.record import Record


def raw_record(record: Record) -> RawRecord:
    """Raises NotARawRecord for what no endpoint wrote."""
    for name, value in record.headers:
        if value is None:  # Kafka allows it, the endpoint never writes it
            raise NotARawRecord(f"header {name} has no value")
    try:
        return read_raw_record(
            record.partition, record.offset, record.key, record.value, record.headers
        )
    except NotARawRecord:
        raise
    except ValueError as error:
        raise NotARawRecord(f"header ce_time: {error}") from None


def raw_records(records: Iterable[Record]) -> Iterator[RawRecord]:
    """Those that an endpoint wrote."""
    for record in records:
        try:
            yield raw_record(record)
        except NotARawRecord:
            continue
