"""Which raw records a replay takes, and a check of its rows again."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from app.core.webhook import RawRecord, iso, parse_key

UNFINISHED = "unfinished"  # the note of a replay that has not come to its end


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By receive time in microseconds, from `from_at` up to and without `to_at`; by source; by
    key. By default, everything.
    """

    from_at: int | None = None
    to_at: int | None = None
    sources: tuple[str, ...] = ()
    key: str | None = None

    def as_note(self) -> str:
        """To be committed with the offsets of a replay that has come to its end."""
        return msgspec.json.encode(self).decode()

    def may_take(self, key: bytes) -> bool:
        """Cheaply, by the record's key alone: False only if `takes` would be."""
        if self.key is not None:
            return key == self.key.encode()
        source = key.partition(b"/")[0].decode(errors="replace")  # whoever wrote it
        return not self.sources or source in self.sources

    def takes(self, record: RawRecord) -> bool:
        return (
            (self.from_at is None or record.received_at >= self.from_at)
            and (self.to_at is None or record.received_at < self.to_at)
            and (not self.sources or record.source in self.sources)
            and (self.key is None or record.key == self.key)
        )

    def leaves_out(self, asked: Selection) -> list[str]:
        """The key or the sources that are asked for and of which nothing is ever taken."""
        if asked.key is not None:
            return [] if self.may_take(asked.key.encode()) else [asked.key]
        sources = self.sources if self.key is None else (parse_key(self.key).source,)
        return [one for one in asked.sources if sources and one not in sources]

    def __str__(self) -> str:
        said = [
            f"received from {iso(self.from_at)}" if self.from_at is not None else "",
            f"received before {iso(self.to_at)}" if self.to_at is not None else "",
            f"of {', '.join(self.sources)}" if self.sources else "",
            f"of {self.key}" if self.key is not None else "",
        ]
        return "webhooks " + ", ".join(filter(None, said)) if any(said) else "all webhooks"


class Both(NamedTuple):
    """What two selections both take: of what rows were made of, what is asked for."""

    made_of: Selection
    asked: Selection

    def may_take(self, key: bytes) -> bool:
        return self.made_of.may_take(key) and self.asked.may_take(key)

    def takes(self, record: RawRecord) -> bool:
        return self.made_of.takes(record) and self.asked.takes(record)


def selection_of_note(note: str) -> Selection | None:
    """What a replay was given; None where it has not come to its end. A worker that went on from
    there commits no note: it takes everything.
    """
    if note == UNFINISHED:
        return None
    return msgspec.json.decode(note, type=Selection) if note else Selection()
