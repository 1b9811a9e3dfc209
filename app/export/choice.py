"""Which records are taken."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.export.headers import source_of
from app.kafka.record import Span
from app.read.reader import Reader
from app.read.received_since import spans_received_since


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """By receive time in microseconds, from `from_at` up to and without `to_at`, and by source. By
    default, everything.
    """

    from_at: int | None = None
    to_at: int | None = None
    sources: tuple[str, ...] = ()

    @property
    def has_span(self) -> bool:
        return self.from_at is not None or self.to_at is not None

    def takes_key(self, key: bytes | None) -> bool:
        return not self.sources or source_of(key) in self.sources

    def takes_time(self, received_at: int | None) -> bool:
        """None is of a record that does not say when it was received."""
        if received_at is None:
            return not self.has_span
        return (self.from_at is None or received_at >= self.from_at) and (
            self.to_at is None or received_at < self.to_at
        )

    def spans(self, reader: Reader, topic: str) -> Mapping[int, Span]:
        """What of a topic is to be read."""
        return spans_received_since(reader, topic, self.from_at)
