"""What the three kinds of rows have in common, and how any fact is taken."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.core.attributes import Stamped, take_attributes
from app.core.facts import Facts
from app.core.ledger import DUPLICATE, Ledger
from app.core.stamps import NEVER, stamp
from app.core.webhook import Place, RawRecord

FOLD_VERSION = 1  # raised by any change that alters results

DAY = 86_400_000_000
UNREAD = -1  # the offset of a row that has seen no record


class Fold(msgspec.Struct, kw_only=True, gc=False):
    """What the fold must remember and readers need not. `stamps` are those of the row's values;
    `moved` counts the ledger's entries that lie in segments.
    """

    stamps: bytearray
    account_by: bytes = NEVER
    attribute_stamps: list[Stamped] = []
    moved: int = 0


class Row(msgspec.Struct, kw_only=True, gc=False):
    """Common to conversations, calls and contacts. Times in microseconds."""

    source: str
    vendor: str
    account_id: str | None = None
    phase: str
    created_at: int | None = None
    updated_at: int | None = None
    events: int = 0
    duplicates: int = 0
    late: int = 0
    partition: int
    offset: int = UNREAD
    fold_version: int = FOLD_VERSION
    attributes: dict[str, str] = {}
    ledger: bytearray = msgspec.field(default_factory=bytearray)


Effect = Literal["applied", "duplicate", "reread"]


class Step(msgspec.Struct, frozen=True, gc=False):
    """One record as the folds take it: `event` is the first 8 bytes of its id, `by` its stamp;
    `partition` and `offset` are its place on the raw topic.
    """

    event: bytes
    at: int
    by: bytes
    received_at: int
    partition: int
    offset: int

    def clocked(self, at: int) -> int:
        """A stated time, or the receive time where the clock that stated it was broken."""
        return at if at <= self.received_at + DAY else self.received_at


def step_of(record: RawRecord, facts: Facts) -> Step:
    """The event's time is what the body states; an unstated or impossible one (more than 24 h
    after its receipt: a broken clock) is the receive time.
    """
    event = bytes.fromhex(record.id[:16])
    at = facts.at
    if at is None or at > record.received_at + DAY:
        at = record.received_at
    by = stamp(at, event)
    return Step(event, at, by, record.received_at, record.partition, record.offset)


def has_broken_clock(record: RawRecord, facts: Facts) -> bool:
    return facts.at is not None and facts.at > record.received_at + DAY


def add_entry(ledger: Ledger, step: Step, kind: int = 0) -> None:
    """An entry for a webhook that speaks of no message."""
    ledger.add(step.event, step.at, step.offset, step.partition, kind)


def note_duplicate(row: Row, ledger: Ledger, step: Step, stands_in_for: Place | None) -> None:
    """A redriven record is the delivery that it stands in for, which is counted once: where the
    ledger names that one (a replay decodes what once was a dead letter), it is no duplicate; where
    it names others of the event only, that one would have been.
    """
    if stands_in_for is None or not ledger.names(step.event, stands_in_for):
        row.duplicates += 1
    add_entry(ledger, step, DUPLICATE)


def take_common(row: Row, fold: Fold, facts: Facts, step: Step) -> None:
    """Count the event and take what every kind of fact says."""
    row.events += 1
    at = step.at
    updated_at = row.updated_at
    if updated_at is None or at > updated_at:
        row.updated_at = at
    elif at < updated_at:
        row.late += 1
    if facts.created_at is not None:
        at = min(at, step.clocked(facts.created_at))
    if row.created_at is None or at < row.created_at:
        row.created_at = at
    if facts.account_id is not None and step.by > fold.account_by:
        row.account_id, fold.account_by = facts.account_id, step.by
    if facts.attributes:
        take_attributes(row.attributes, fold.attribute_stamps, facts.attributes, step.by)
