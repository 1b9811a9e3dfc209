"""The course of a row: what it was after each of its webhooks, by the worker's own fold.

A row of many webhooks is folded once, with a mark every so often; whoever asks for a moment later
folds on from the mark before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.core.projection import TABLES, AnyRow, BatchProjection, Projected, Table
from app.core.rows import PartitionRows, Store
from app.core.webhook import RawRecord
from app.history.rules import Rules
from app.read.avro_json import Plain

EVERY = 512  # webhooks from one mark to the next


class Step(NamedTuple):
    """What became of one webhook; the row before and after it, None as long as there is none."""

    projected: Projected
    before: dict[str, Plain] | None
    after: dict[str, Plain] | None


class _Mark(NamedTuple):
    """All that the fold knows at a moment: the row, encoded, and the segments of its ledger."""

    row: bytes | None
    segments: Mapping[bytes, bytes]


class Course:
    """Of the row that `records` make; they are in log order."""

    def __init__(self, table: Table, key: str, records: Sequence[RawRecord], rules: Rules) -> None:
        self.records = records
        self._table: Table = table
        self._key = key
        self._rules = rules
        self._marks = [_Mark(None, {})]

    def row_after(self, count: int) -> AnyRow | None:
        """The row after so many of the records."""
        return self._fold_from(count).row()

    def row_of(self, wanted: Sequence[RawRecord]) -> AnyRow | None:
        """The row of some of the records: those received up to a time, which need not be the
        first ones in the log.
        """
        same = 0
        for one, other in zip(wanted, self.records, strict=False):
            if one.offset != other.offset:
                break
            same += 1
        fold = self._fold_from(same)
        fold.take(wanted[same:])
        return fold.row()

    def steps(self, first: int, last: int) -> Iterator[Step]:
        """One for each of the records from number `first` up to, and without, number `last`."""
        fold = self._fold_from(first)
        before = self._shown(fold.row())
        for record in self.records[first:last]:
            [projected] = fold.take([record])
            after = self._shown(fold.row())
            yield Step(projected, before, after)
            before = after

    def _shown(self, row: AnyRow | None) -> dict[str, Plain] | None:
        return None if row is None else self._rules.rows.of(self._table, row)

    def _fold_from(self, count: int) -> _Fold:
        """A fold that has taken the first `count` records."""
        mark = min(count // EVERY, len(self._marks) - 1)
        fold = self._fold(self._marks[mark])
        at = mark * EVERY
        while at < count:
            end = min(at + EVERY, count)
            fold.take(self.records[at:end])
            at = end
            if at == len(self._marks) * EVERY:
                self._marks.append(fold.mark())
        return fold

    def _fold(self, mark: _Mark) -> _Fold:
        return _Fold(self._table, self._key, mark, self._rules)


class _Fold:
    """A fold in memory that goes on from a mark."""

    def __init__(self, table: Table, key: str, mark: _Mark, rules: Rules) -> None:
        self._table: Table = table
        self._key = key
        self._rules = rules
        self._stores: dict[Table, Store] = {one: {} for one in TABLES}
        self._segments = dict(mark.segments)
        if mark.row is not None:
            self._stores[table][key.encode()] = mark.row
        self._rows = PartitionRows(self._stores, self._segments, rules.codecs)

    def take(self, records: Sequence[RawRecord]) -> list[Projected]:
        projected = BatchProjection(self._rules.catalogue, self._rows).take(records)
        self._rows.segments_written()
        self._rows.rows_written()
        return projected

    def row(self) -> AnyRow | None:
        """As it is now; it changes with the next record taken."""
        return self._rows.read(self._table, self._key)

    def mark(self) -> _Mark:
        return _Mark(self._stores[self._table].get(self._key.encode()), dict(self._segments))
