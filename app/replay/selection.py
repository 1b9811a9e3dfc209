"""Which raw records a replay takes, and a check of its rows again."""

from __future__ import annotations

import msgspec

from app.core.webhook import RawRecord, iso


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By receive time in microseconds, from `from_at` up to and without `to_at`; by source; by
    key. By default, everything.
    """

    from_at: int | None = None
    to_at: int | None = None
    sources: tuple[str, ...] = ()
    key: str | None = None

    @property
    def everything(self) -> bool:
        return self == Selection()

    def may_take(self, key: bytes) -> bool:
        """Cheaply, by the record's key alone: False only if `takes` would be."""
        if self.key is not None:
            return key == self.key.encode()
        return not self.sources or key.partition(b"/")[0].decode() in self.sources

    def takes(self, record: RawRecord) -> bool:
        return (
            (self.from_at is None or record.received_at >= self.from_at)
            and (self.to_at is None or record.received_at < self.to_at)
            and (not self.sources or record.source in self.sources)
            and (self.key is None or record.key == self.key)
        )

    def __str__(self) -> str:
        said = [
            f"received from {iso(self.from_at)}" if self.from_at is not None else "",
            f"received before {iso(self.to_at)}" if self.to_at is not None else "",
            f"of {', '.join(self.sources)}" if self.sources else "",
            f"of {self.key}" if self.key is not None else "",
        ]
        return "webhooks " + ", ".join(filter(None, said)) if any(said) else "all webhooks"
