"""What the view knows of a row without decoding all of it: what it is found, filtered and counted
by.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from app.core.projection import Table
from app.inspector.view.grams import facet, pairs
from app.read.search_text import OWN, search_text

_DEAD = facet("dead", "")

_COMMON = ("source", "vendor", "phase", "updated_at", "events", "duplicates", "late")
FIELDS: dict[Table, tuple[str, ...]] = {table: (*_COMMON, *own) for table, own in OWN.items()}
"""What is read of a row, by its Avro names."""


class Indexed(NamedTuple):
    """`quiet_since` is an active conversation's last message (or update). `doc` is what the index
    holds of it: facets, a line break, text. Times in microseconds.
    """

    updated_at: int
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


def indexed(table: Table, id: str, values: Sequence[Any]) -> Indexed:
    """Of a row that has no open dead letters, by its key's id and the values of its FIELDS."""
    source, vendor, phase, updated_at, events, duplicates, late, *own = values
    quiet = channel = None
    if table == "conversation":
        quiet = (own[2] or updated_at) if phase == "active" else None
        channel = own[1]
    who = own[_PERSON[table]]
    facets = _facets(table, source, vendor, phase, late > 0, duplicates > 0, channel, *who)
    text = search_text(table, id, own)
    doc = f"{facets}\n{text}" if text.isascii() else f"{facets}{pairs(text)}\n{text}"
    return Indexed(updated_at or 0, source, vendor, phase, events, duplicates, late, quiet, doc)


@lru_cache(maxsize=65_536)
def _facets(
    table: Table,
    source: str,
    vendor: str,
    phase: str,
    late: bool,
    duplicates: bool,
    channel: str | None,
    *who: str | None,
) -> str:
    """Most rows have theirs in common with many."""
    given = {"table": table, "source": source, "vendor": vendor, "phase": phase}
    found = [facet(name, value) for name, value in given.items()]
    found += [facet("late", "")] * late + [facet("duplicates", "")] * duplicates
    found += [] if channel is None else [facet("channel", channel)]
    found += [facet("assignee", said) for said in sorted({one for one in who if one is not None})]
    return "".join(found)


_NOBODY = slice(0, 0)
_PERSON: dict[Table, slice] = {
    "conversation": slice(4, 7),
    "call": slice(3, 6),
    "contact": _NOBODY,
}
