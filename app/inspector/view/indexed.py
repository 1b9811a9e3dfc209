"""What the view knows of a row without decoding it: what it is found, filtered and counted by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from app.core.call import Call
from app.core.contact import Contact
from app.core.conversation import Conversation
from app.core.people import Shown
from app.core.projection import AnyRow, Table
from app.inspector.view.folding import digits, folded
from app.inspector.view.grams import facet, pairs

_HASH_BITS = 12  # the fewer, the smaller the index: it keeps the distances between ids
_SECOND = 1_000_000
_DEAD = facet("dead", "")


class Indexed(NamedTuple):
    """`id` orders rows by when they were updated, to the second; rows of the same one in any
    order. `quiet_since` is an active conversation's last message (or update), in microseconds.
    `doc` is what the index holds of it: facets, a line break, text.
    """

    id: int
    source: str
    vendor: str
    phase: str
    events: int
    duplicates: int
    late: int
    quiet_since: int | None
    doc: str

    def with_letters(self) -> Indexed:
        """Of a row that has open dead letters."""
        return self._replace(doc=_DEAD + self.doc)

    def without_letters(self) -> Indexed:
        return self._replace(doc=self.doc.removeprefix(_DEAD))


def indexed(table: Table, key: str, row: AnyRow) -> Indexed:
    """Of a row that has no open dead letters."""
    text = folded("\n".join(filter(None, _lines(key, row))))
    quiet = None
    if isinstance(row, Conversation) and row.phase == "active":
        quiet = row.updated_at if row.last_message_at is None else row.last_message_at
    return Indexed(
        id=place(key, row.updated_at),
        source=row.source,
        vendor=row.vendor,
        phase=row.phase,
        events=row.events,
        duplicates=row.duplicates,
        late=row.late,
        quiet_since=quiet,
        doc=f"{''.join(_facets(table, row))}{pairs(text)}\n{text}",
    )


def place(key: str, updated_at: int | None) -> int:
    """Where a row belongs among all; nearly always free."""
    second = (updated_at or 0) // _SECOND
    return second << _HASH_BITS | crc32(key.encode()) & (1 << _HASH_BITS) - 1


def _facets(table: Table, row: AnyRow) -> Iterator[str]:
    yield facet("table", table)
    yield facet("phase", row.phase)
    yield facet("source", row.source)
    yield facet("vendor", row.vendor)
    if row.late:
        yield facet("late", "")
    if row.duplicates:
        yield facet("duplicates", "")
    if isinstance(row, Conversation) and row.channel is not None:
        yield facet("channel", row.channel)
    who = _in_charge(row)
    if who is not None:
        for said in {who.id, who.name, who.email} - {None}:
            yield facet("assignee", said or "")


def _in_charge(row: AnyRow) -> Shown | None:
    match row:
        case Conversation():
            return row.assignee
        case Call():
            return row.agent
        case _:
            return None


def _lines(key: str, row: AnyRow) -> Iterator[str | None]:
    id = key.split("/", 2)[2]
    yield id
    match row:
        case Conversation():
            if row.conversation_id not in id:
                yield row.conversation_id
            yield from _person(row.contact)
            yield from _agent(row.assignee)
            yield row.last_message and row.last_message.text
        case Call():
            if row.call_id not in id:
                yield row.call_id
            yield from _number(row.from_number)
            yield from _number(row.to_number)
            yield from _person(row.contact)
            yield from _agent(row.agent)
        case Contact():
            yield from (row.name, row.email, row.handle)
            yield from _number(row.phone)
            yield from (row.organisation_id, row.organisation_name)


def _person(who: Shown | None) -> Iterator[str | None]:
    if who is not None:
        yield from (who.id, who.name, who.email, who.handle)
        yield from _number(who.phone)


def _agent(who: Shown | None) -> Iterator[str | None]:
    if who is not None:
        yield from (who.name, who.email)


def _number(said: str | None) -> Iterator[str | None]:
    """As it was said, and its digits."""
    if said is not None:
        yield said
        if (plain := digits(said)) != said:
            yield plain
