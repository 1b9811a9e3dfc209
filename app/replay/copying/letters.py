"""The dead letters of a new installation that are closed before its workers write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from app.core.catalogue import Catalogue
from app.core.dead_letter import closing_headers, dead_letter_headers
from app.core.projection import Table
from app.core.rows import Codec
from app.core.undecodable import Undecodable
from app.core.webhook import Headers, NotARawRecord, Place, RawRecord
from app.kafka.record import Record
from app.read.raw_record import raw_record
from app.replay.refold import refold_key

WhyDead = Callable[[RawRecord], Undecodable | None]
"""Why a worker makes a dead letter of a raw record; None where it does not."""


def why_dead(catalogue: Catalogue, codecs: Mapping[Table, Codec]) -> WhyDead:
    """By today's rules, on a row of its own."""
    return partial(_why_dead, catalogue, codecs)


def _why_dead(
    catalogue: Catalogue, codecs: Mapping[Table, Codec], record: RawRecord
) -> Undecodable | None:
    _, (projected,) = refold_key([record], catalogue, codecs)
    return projected.error


def closing(original: Record, copy: Place, why: WhyDead) -> Headers | None:
    """Headers of the record that closes the letter of a raw record; `copy` lies on the same log and
    stands in for it. None where no worker will write that letter: most of what was once dead
    decodes today, where it lies.
    """
    try:
        record = raw_record(original)
    except NotARawRecord:
        return None
    error = why(record)
    if error is None:
        return None
    letter = dead_letter_headers(
        original.headers, original.topic, original.partition, original.offset, error
    )
    return closing_headers(letter, copy)
