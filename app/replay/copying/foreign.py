"""Raw records that no endpoint wrote: asked of each, so quickly."""

from __future__ import annotations

from app.core.webhook import NotARawRecord
from app.kafka.record import Record
from app.read.raw_record import raw_record

_USUAL = ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"]


def is_foreign(record: Record) -> bool:
    """What looks as an endpoint writes it is not read any closer."""
    key, names = record.key, [name for name, _ in record.headers[:6]]
    if names == _USUAL and key is not None and key.isascii() and record.value is not None:
        return False
    try:
        raw_record(record)
    except NotARawRecord:
        return True
    return False
