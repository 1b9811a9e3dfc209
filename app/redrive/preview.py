"""What a redrive would change, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, islice

import msgspec

from app.core.projection import AnyRow, Table
from app.core.row import FOLD_VERSION
from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.errors import UserError
from app.kafka.log import Progress
from app.kafka.partition import partition_of
from app.read.compare import differences
from app.read.dead_letters import Letter, without_body
from app.read.decode import NotARow, read_row
from app.read.newest import newest
from app.read.progress import Meter, extent
from app.read.rows import RowReader
from app.read.segments import segment_keys
from app.read.shelf import Shelf, Shelves
from app.read.tables import table_of
from app.redrive.choice import Choice
from app.redrive.outcome import Left, Outcome, RowChange
from app.redrive.survey import chosen_letters, survey
from app.redrive.today import Today
from app.replay.refold import Refold

_BATCH = 2_000
_NO_NEWS = ("partition", "offset", "fold_version")  # the offset is not known yet


class _Copy(msgspec.Struct, frozen=True, array_like=True):
    """What would be appended for a letter, which is held without its body."""

    letter: Letter
    record: RawRecord


_decode = msgspec.msgpack.Decoder(_Copy).decode


class Preview:
    """One run: take all `changes`, then `outcome` is whole. `rows` are the installation's."""

    def __init__(self, rows: RowReader, today: Today) -> None:
        self.outcome = Outcome()
        self._rows = rows
        self._reader = rows.reader
        self._today = today
        self._left = Left()

    def changes(self, choice: Choice, progress: Progress | None = None) -> Iterator[RowChange]:
        """Every row that would change, partition by partition: the rows as they are now, and the
        letters folded over them by the fold that the worker runs.
        """
        with Shelves() as shelves:
            copies = shelves.shelf()
            self._copy(choice, copies, progress)
            for number, keys in groupby(copies, key=lambda key: key[:2]):
                yield from self._of_partition(int.from_bytes(number), copies, list(keys))
        self.outcome.remaining = self._left.all()

    def _copy(self, choice: Choice, copies: Shelf, progress: Progress | None) -> None:
        """What would be appended, by the partition that it would go to."""
        topic = self._rows.topics.dead
        partitions = self._reader.partitions(self._rows.topics.raw)
        spans = self._reader.spans(topic)
        meter = Meter(progress, 2 * extent(spans.values()))
        told = meter.part(*spans.values())
        found = survey(self._reader, topic, spans, choice, self._today, told)
        self.outcome.closed_before = found.closed
        told = meter.part(*spans.values())
        for n, letter in enumerate(chosen_letters(self._reader, topic, found, told)):
            try:
                record = self._today.copy(letter)
            except Undecodable as why:
                self._left.add(letter, why)
            else:
                number = partition_of(record.key, partitions)
                stored = _Copy(without_body(letter), record)
                copies[number.to_bytes(2) + n.to_bytes(8)] = msgspec.msgpack.encode(stored)

    def _of_partition(self, number: int, copies: Shelf, names: list[bytes]) -> Iterator[RowChange]:
        refold = Refold(self._today.catalogue, self._today.codecs)
        keys = {_decode(copies[name]).record.key for name in names}
        before = self._load(refold, number, keys)
        letters = self._fold(refold, number, copies, names)
        for (table, key), places in sorted(letters.items()):
            row = refold.row(table, key)
            assert row is not None
            yield self._change(table, key, before.get((table, key)), row, places)

    def _load(self, refold: Refold, number: int, keys: set[str]) -> dict[tuple[Table, str], AnyRow]:
        """The rows of some keys, and the segments of their ledgers."""
        wanted: dict[Table, list[bytes]] = defaultdict(list)
        for key in keys:
            table = table_of(key)
            if table is not None:
                wanted[table].append(key.encode())
        rows: dict[tuple[Table, str], AnyRow] = {}
        for table, some in wanted.items():
            topic = self._rows.topic(table)
            for key, record in newest(self._reader, topic, number, some).items():
                if record.value is not None:
                    rows[table, key.decode()] = self._row(table, key.decode(), record.value)
                    refold.encoded[table][key] = record.value
        older = [name for (_, key), row in rows.items() for name in segment_keys(key, row)]
        topic = self._rows.topics.ledger
        for name, record in newest(self._reader, topic, number, older).items() if older else ():
            refold.segments[name] = record.value or b""
        return rows

    def _row(self, table: Table, key: str, value: bytes) -> AnyRow:
        try:
            row = read_row(self._today.codecs[table], value)
        except NotARow as why:
            raise UserError(
                f"The row {key} cannot be read: {why}.", f"See `hookline verify {key}`."
            ) from why
        if row.fold_version > FOLD_VERSION:
            raise UserError(
                f"The row {key} was folded by a newer version of Hookline.",
                "Run that version: this one cannot tell what would become of the row.",
            )
        return row

    def _fold(
        self, refold: Refold, number: int, copies: Shelf, names: list[bytes]
    ) -> dict[tuple[Table, str], list[str]]:
        """Returns which letters each row would take."""
        letters: dict[tuple[Table, str], list[str]] = defaultdict(list)
        offset = self._reader.span(self._rows.topics.raw, number).end
        left = iter(names)
        while batch := [_decode(copies[name]) for name in islice(left, _BATCH)]:
            records = [
                msgspec.structs.replace(one.record, partition=number, offset=offset + n)
                for n, one in enumerate(batch)
            ]
            offset += len(records)
            for one, projected in zip(batch, refold.take(records), strict=True):
                if projected.error is not None:  # it fails on the row that there is
                    self._left.add(one.letter, projected.error)
                    continue
                self.outcome.redriven += 1
                self.outcome.effects[projected.effect] += 1
                table = table_of(one.record.key)
                if table is not None and projected.effect != "event_only":
                    letters[table, one.record.key].append(one.letter.raw)
        return letters

    def _change(
        self, table: Table, key: str, before: AnyRow | None, after: AnyRow, letters: list[str]
    ) -> RowChange:
        json = self._rows.json
        left = json.blank(table) if before is None else json.of(table, before)
        return RowChange(
            table=table,
            key=key,
            before=before,
            after=after,
            differences=differences(left, json.of(table, after), without=_NO_NEWS),
            letters=letters,
        )
