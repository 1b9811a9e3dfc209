"""The raw log in batches of records, as a fold takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.core.webhook import NotARawRecord, RawRecord
from app.kafka.record import Record
from app.read.raw_record import raw_record
from app.replay.finding import Tally
from app.replay.selection import Both, Selection

BATCH = 2_000


def raw_batches(
    records: Iterable[Record], selection: Selection | Both, tally: Tally
) -> Iterator[list[RawRecord]]:
    """Those of one partition that a selection takes. What no endpoint wrote is counted only."""
    batch: list[RawRecord] = []
    for record in records:
        if record.key is None or selection.may_take(record.key):
            taken = _read(record, tally)
            if taken is not None and selection.takes(taken):
                tally.records += 1
                batch.append(taken)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    yield batch


def _read(record: Record, tally: Tally) -> RawRecord | None:
    try:
        return raw_record(record)
    except NotARawRecord:
        tally.foreign += 1
        return None
