"""What the topics hold of one key: its raw records, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from app.core.ledger import Entry
from app.core.projection import Table
from app.core.row import UNREAD
from app.core.webhook import RawRecord
from app.history.moment import Why
from app.read.rows import Found

Standing = Literal[
    "folded",  # the row takes it
    "dead_letter",
    "waiting",  # the worker has not come to it
    "unnamed",  # the row does not name it, although the worker has passed it
]


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """`records` in log order, which is the order in which the worker takes them; `letters` by the
    raw offset they are about; `redriven` by the same the place of the record that stands in for
    it, also where the letter is no longer kept.

    `row` is the key's row, `named` what its ledger says of its raw records, by offset; both None
    where there is no row. `projected` is the raw offset up to which the worker has come, None
    where nobody knows. `whole`: the partition was read through, so that webhooks that change no
    row are here, too.
    """

    table: Table
    key: str
    records: Sequence[RawRecord]
    letters: Mapping[int, Why] = field(default_factory=dict[int, Why])
    redriven: Mapping[int, str] = field(default_factory=dict[int, str])
    row: Found | None = None
    named: Mapping[int, Entry] | None = None
    projected: int | None = None
    whole: bool = False

    @cached_property
    def expired(self) -> list[Entry]:
        """What the row names and the raw log no longer holds, in log order."""
        there = {record.offset for record in self.records}
        return [entry for offset, entry in self._entries if offset not in there]

    @cached_property
    def late(self) -> frozenset[int]:
        """The offsets of those that the ledger names and whose event time is before that of one
        applied earlier: what the fold counts as late.
        """
        found: set[int] = set()
        latest = 0
        for offset, entry in self._entries:
            if not entry.duplicate:
                if entry.at < latest:
                    found.add(offset)
                latest = max(latest, entry.at)
        return frozenset(found)

    @property
    def _entries(self) -> list[tuple[int, Entry]]:
        return sorted((self.named or {}).items())

    def standing(self, record: RawRecord) -> Standing:
        """The row's word counts first, then the dead letters': what could not be decoded then is
        not in the row, whatever can be decoded today.
        """
        if self.named is not None and record.offset in self.named:
            return "folded"
        if record.offset in self.letters or record.offset in self.redriven:
            return "dead_letter"
        if self.projected is not None and record.offset >= self.projected:
            return "waiting"
        if self.named is None:
            return "folded"
        covered = UNREAD if self.row is None else self.row.row.offset
        return "waiting" if self.projected is None and record.offset > covered else "unnamed"
