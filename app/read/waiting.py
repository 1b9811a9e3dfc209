"""What the worker has not come to, of a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import Any, Self

import msgspec

from app.core.times import micros
from app.core.webhook import RawRecord, iso
from app.kafka.log import MIB
from app.kafka.record import Record, Span
from app.read.avro_json import Plain
from app.read.raw_record import raw_records
from app.read.reader import Reader

MOST = 50_000  # records of a partition, read in about a second
MOST_BYTES = 64 * MIB  # of their bodies


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """`webhooks` of a key, the first of them received at `since` (microseconds, None where there
    are none). Where too many records of its partition wait to look through them for the key's (or
    too large ones), so many are `unsearched`, and nothing is known of its webhooks.
    """

    webhooks: int = 0
    since: int | None = None
    unsearched: int = 0

    @classmethod
    def of(cls, records: Iterable[RawRecord]) -> Self:
        """None of them is held."""
        webhooks, since = 0, None
        for one in records:
            webhooks += 1
            since = one.received_at if since is None else min(since, one.received_at)
        return cls(webhooks=webhooks, since=since)

    @property
    def why_unsearched(self) -> str:
        """A sentence without its full stop."""
        return (
            f"{self.unsearched:,} webhooks of its partition wait for the worker, too much to look "
            "through for those of one key"
        )


def waiting_json(waiting: Waiting) -> dict[str, Plain]:
    return {
        "webhooks": waiting.webhooks,
        "since": None if waiting.since is None else iso(waiting.since),
        "unsearched": waiting.unsearched,
    }


def read_waiting(said: Mapping[str, Any]) -> Waiting:
    """What `waiting_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    since = said["since"]
    return Waiting(
        webhooks=said["webhooks"],
        since=None if since is None else micros(since),
        unsearched=said["unsearched"],
    )


class _TooLarge(Exception):
    """More bytes wait than are read."""


class Backlog:
    """Of the `raw` log. `projected` is how far the worker has come in each of its partitions,
    asked before this is; None where nobody knows: then nothing is known to wait.
    """

    def __init__(self, reader: Reader, raw: str, projected: Mapping[int, int] | None) -> None:
        self._reader = reader
        self._raw = raw
        self._projected = projected

    def of_key(self, key: str, number: int, held: Span) -> Iterator[Record]:
        """However many there are to look through, of what its partition holds."""
        return self._read(key, number, self._rest(number, held))

    def waiting(
        self,
        key: str,
        number: int,
        held: Span,
        *,
        after: int = -1,
        taken: Callable[[Iterable[Record]], Iterable[RawRecord]] = raw_records,
    ) -> Waiting:
        """Those beyond an offset (`after`: the row's, which may be written before the worker says
        that it has come there), of what is `taken` of the key's records: by default, whatever an
        endpoint wrote. All are unsearched where there are more than `MOST`, or `MOST_BYTES`.
        """
        rest = self._rest(number, held, after + 1)
        behind = rest.end - rest.first
        if behind > MOST:
            return Waiting(unsearched=behind)
        try:
            return Waiting.of(taken(self._read(key, number, rest, MOST_BYTES)))
        except _TooLarge:
            return Waiting(unsearched=behind)

    def _rest(self, number: int, held: Span, first: int = 0) -> Span:
        known = held.end if self._projected is None else self._projected.get(number, 0)
        return Span(min(held.end, max(held.first, known, first)), held.end)

    def _read(self, key: str, number: int, rest: Span, most_bytes: float = inf) -> Iterator[Record]:
        if rest.first == rest.end:
            return
        wanted, size = key.encode(), 0
        for record in self._reader.read(self._raw, {number: rest}):
            size += len(record.value or b"")
            if size > most_bytes:
                raise _TooLarge
            if record.key == wanted:
                yield record
