"""What one raw record becomes: an event, a change of a row, or a dead letter.

The worker, `verify`, `replay` and the tests all call this. It keeps no state of its own: rows
come from and go to a `Rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

import msgspec

from app.core import call, contact, conversation
from app.core.call import Call
from app.core.catalogue import Catalogue, Decoded
from app.core.contact import Contact
from app.core.conversation import Conversation
from app.core.facts import CallFacts, ContactFacts, ConversationFacts, Facts
from app.core.ledger import Ledger, Segments
from app.core.row import (
    Effect,
    Step,
    has_broken_clock,
    note_duplicate,
    step_of,
)
from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord, parse_key

Table = Literal["conversation", "call", "contact"]
AnyRow = Conversation | Call | Contact
T = TypeVar("T")
TOGETHER = 1_024
TABLES: tuple[Table, ...] = ("conversation", "call", "contact")


class Rows(Protocol):
    """The rows of one partition. A row that was read is changed in place, then written."""

    def read(self, table: Table, key: str) -> AnyRow | None: ...

    def write(self, table: Table, key: str, row: AnyRow) -> None: ...

    def restore(self, table: Table, key: str) -> None:
        """Put back the row as it was before this batch."""
        ...

    def segments(self, key: str) -> Segments: ...


class Kind(NamedTuple):
    """How one kind of fact becomes a row."""

    table: Table
    new: Callable[..., AnyRow]
    apply: Callable[[Any, Ledger, Any, Step], None]


KINDS: dict[type[Facts], Kind] = {
    ConversationFacts: Kind("conversation", Conversation, conversation.apply),
    CallFacts: Kind("call", Call, call.apply),
    ContactFacts: Kind("contact", Contact, contact.apply),
}


class Projected(msgspec.Struct, frozen=True):
    """What became of one record. `decoded` is None for a dead letter, whose `error` says why;
    `late` is as `Folded` has it.
    """

    record: RawRecord
    effect: Effect | Literal["event_only", "dead"]
    decoded: Decoded | None = None
    error: Undecodable | None = None
    broken_clock: bool = False
    late: bool = False


class Folded(NamedTuple):
    """What a record did to its row. `late`: it was applied, and an event of a later time before."""

    effect: Effect
    late: bool = False


def fold(record: RawRecord, facts: Facts, rows: Rows) -> Folded:
    """Take one record's facts into its row."""
    kind = KINDS[type(facts)]
    table, key = kind.table, record.key
    row = rows.read(table, key)
    if row is None:
        row = _new_row(kind, record, facts)
    elif record.offset <= row.offset:
        return Folded("reread")
    step = step_of(record, facts)
    ledger = Ledger(row.ledger, row.fold.moved, row.offset, rows.segments, key)
    late_before = row.late
    effect: Effect = "applied"
    if ledger.has(step.event):
        note_duplicate(row, ledger, step, record.stands_in_for)
        effect = "duplicate"
    else:
        kind.apply(row, ledger, facts, step)
    row.fold.moved = ledger.moved
    row.offset = step.offset
    rows.write(table, key, row)
    return Folded(effect, row.late > late_before)


def _new_row(kind: Kind, record: RawRecord, facts: Facts) -> AnyRow:
    key = parse_key(record.key)
    return kind.new(
        source=key.source,
        vendor=record.type.partition(".")[0],
        partition=record.partition,
        **{f"{kind.table}_id": key.id if facts.id is None else facts.id},
    )


class BatchProjection:
    """Projects the records of one batch of one partition, in log order."""

    def __init__(self, catalogue: Catalogue, rows: Rows) -> None:
        self._catalogue = catalogue
        self._rows = rows
        self._folded: list[RawRecord] = []  # without their facts: those are better forgotten

    def take(self, records: Sequence[RawRecord]) -> list[Projected]:
        """Project the batch's next records. Whatever is wrong with one makes it a dead letter.

        They are decoded type by type, then folded key by key: code and data of one kind of work
        stay in the processor's caches, which saves a fifth. Only the order within a key matters.
        About TOGETHER records at a time are best: more of them only take more memory.
        """
        types, keys = [one.type for one in records], [one.key for one in records]
        decoded = _name_by_name(types, lambda n: self._decode(records[n]))
        return _name_by_name(keys, lambda n: self._fold(records[n], decoded[n]))

    def _decode(self, record: RawRecord) -> Decoded | Undecodable:
        try:
            return self._catalogue.decode(record)
        except Undecodable as error:
            return error
        except Exception as error:  # noqa: BLE001
            return internal(error)  # One bad record never stops a partition.

    def _fold(self, record: RawRecord, decoded: Decoded | Undecodable) -> Projected:
        if isinstance(decoded, Undecodable):
            return Projected(record, "dead", None, decoded)
        facts = decoded.facts
        if facts is None:
            return Projected(record, "event_only", decoded)
        try:
            effect, late = fold(record, facts, self._rows)
        except Exception as error:  # noqa: BLE001
            self._undo(record.key)
            return Projected(record, "dead", None, internal(error))
        self._folded.append(record)
        return Projected(record, effect, decoded, None, has_broken_clock(record, facts), late)

    def _undo(self, key: str) -> None:
        """A fold that failed half-way leaves its row half-changed: fold the batch's earlier
        records of that key again, over the row as it was before the batch.
        """
        for table in TABLES:
            self._rows.restore(table, key)
        for record in self._folded:
            facts = self._catalogue.decode(record).facts if record.key == key else None
            if facts is not None:
                fold(record, facts, self._rows)


def _name_by_name(names: Sequence[str], make: Callable[[int], T]) -> list[T]:
    """What is made of each place, made for one name after the other, and within it in order."""
    order = sorted(range(len(names)), key=names.__getitem__)
    made = dict(zip(order, map(make, order), strict=True))
    return [made[n] for n in range(len(names))]


def internal(error: Exception) -> Undecodable:
    """A fault of ours: the class and place of it, never the words, which may quote the body."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" in {trace.tb_frame.f_code.co_name}"
    kind = type(error).__name__
    return Undecodable("internal", f"{kind}{place}: a fault of Hookline's own", f"$!{kind}")
