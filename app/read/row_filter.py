"""Which rows somebody asked for."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from app.core.call import Call
from app.core.conversation import Conversation
from app.core.people import Shown
from app.core.projection import TABLES, AnyRow, Table
from app.read.rows import Found
from app.read.search_text import text_of
from app.read.terms import Search, search

PHASES: dict[Table, tuple[str, ...]] = {
    "conversation": ("created", "active", "resolved", "ended"),
    "call": ("started", "answered", "ended", "tagged"),
    "contact": ("known", "deleted"),
}
"""In the order in which a row goes through them."""


class RowFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Every condition that is given must hold; texts are compared without regard to case.

    `assignee` is an id, name or e-mail address of who has it (a call's agent); `silent` in
    microseconds: active conversations whose last message is older; `text` is searched for as the
    inspector does it: see `app.read.terms`.
    """

    tables: tuple[Table, ...] = TABLES
    phase: str | None = None
    source: str | None = None
    channel: str | None = None
    assignee: str | None = None
    silent: int | None = None
    text: str | None = None

    def takes(self, found: Found, now: int) -> bool:
        """`now` in microseconds since the epoch."""
        row = found.row
        return (
            found.table in self.tables
            and _is(self.phase, row.phase)
            and _is(self.source, row.source)
            and (self.channel is None or _is(self.channel, getattr(row, "channel", None)))
            and (self.assignee is None or _is_person(self.assignee, _in_charge(row)))
            and (self.silent is None or _is_silent(row, now - self.silent))
            and (self.text is None or _is_found(self.text, found))
        )


def _is(wanted: str | None, found: str | None) -> bool:
    return wanted is None or (found is not None and wanted.casefold() == found.casefold())


def _in_charge(row: AnyRow) -> Shown | None:
    match row:
        case Conversation():
            return row.assignee
        case Call():
            return row.agent
        case _:
            return None


def _is_person(wanted: str, person: Shown | None) -> bool:
    return person is not None and any(
        _is(wanted, said) for said in (person.id, person.name, person.email)
    )


def _is_silent(row: AnyRow, since: int) -> bool:
    if not isinstance(row, Conversation) or row.phase != "active":
        return False
    last = row.last_message_at if row.last_message_at is not None else row.updated_at
    return last is not None and last < since


@lru_cache(maxsize=1)
def _search(text: str) -> Search:
    return search(text)


def _is_found(text: str, found: Found) -> bool:
    wanted = _search(text)
    if wanted.holds_none:
        return False
    if not _is(wanted.source, found.row.source) or wanted.table not in (None, found.table):
        return False
    said = text_of(found.table, found.key, found.row)
    return all(term.is_in(said) for term in wanted.terms)
