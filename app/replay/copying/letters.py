"""The dead letters that the workers of a new installation will write, to be closed before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.core.catalogue import Catalogue
from app.core.dead_letter import dead_letter_headers
from app.core.projection import Table
from app.core.rows import Codec
from app.core.undecodable import Undecodable
from app.core.webhook import Headers, NotARawRecord, RawRecord
from app.kafka.record import Record
from app.read.raw_record import raw_record
from app.replay.refold import folded_alone

WhyDead = Callable[[RawRecord], Undecodable | None]
"""Why a worker makes a dead letter of a raw record; None where it does not."""


def why_dead(catalogue: Catalogue, codecs: Mapping[Table, Codec]) -> WhyDead:
    """By today's rules, on a row of its own."""
    return lambda record: folded_alone(record, catalogue, codecs).error


def letter_headers(original: Record, why: WhyDead) -> Headers | None:
    """Of the letter that a worker will write of a raw record; None where it writes none: most of
    what was once dead decodes today, where it lies.
    """
    try:
        error = why(raw_record(original))
    except NotARawRecord:
        return None
    if error is None:
        return None
    return dead_letter_headers(
        original.headers, original.topic, original.partition, original.offset, error
    )
