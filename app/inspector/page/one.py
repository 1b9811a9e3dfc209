"""One conversation, call or contact: its state at a moment, and how it came to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from app.core.projection import AnyRow, Table
from app.core.times import micros
from app.core.webhook import parse_key
from app.errors import UserError
from app.history.difference import LITTLE_NEWS
from app.history.expired import Expired
from app.history.history import History
from app.history.moment import Moment
from app.history.page import Page, page
from app.inspector.page import words
from app.inspector.page.histories import Histories, Kept
from app.inspector.page.links import LISTS, row_link
from app.inspector.page.lists import Line, line
from app.inspector.page.port import Inspected
from app.inspector.page.query import Query
from app.inspector.page.timeline import Scrubber, Tick, scrubber, ticks
from app.inspector.page.times import length
from app.inspector.view.row_list import Listed
from app.inspector.view.row_query import RowQuery
from app.read.avro_json import Plain

NAMES: dict[Table, str] = {
    "conversation": "Conversations",
    "call": "Calls",
    "contact": "Contacts",
}
AT_ONCE = 100  # webhooks of a timeline
OTHERS = 6
LATER = 20  # of them, after the moment that is looked at

_LITTLE = {*LITTLE_NEWS, "updated_at"}
_PATH = re.compile(r"(\w*)(\[.*?\]|\..*)?")


@dataclass
class One:
    """A row and the moment at which it is looked at. What is not asked for is not worked out.

    `before`: the offset before which the page of the timeline ends; None where it is the newest.
    """

    inspected: Inspected
    histories: Histories
    listed: Listed
    query: Query
    at: int | None = None
    before: str | None = None
    trouble: str | None = None

    @property
    def kind(self) -> Table:
        return self.listed.found.table

    @property
    def key(self) -> str:
        return self.listed.found.key

    @property
    def dead_letters(self) -> int:
        return self.listed.dead_letters

    @property
    def written_at(self) -> int:
        return self.listed.found.written_at

    @property
    def list_url(self) -> str:
        return LISTS[self.kind]

    @property
    def list_name(self) -> str:
        return NAMES[self.kind]

    @cached_property
    def path(self) -> str:
        return row_link(self.key)

    @cached_property
    def url(self) -> str:
        """Of the same view of it, anew."""
        return self.link()

    @property
    def no_time(self) -> str | None:
        """What the address gives for a moment and is none, so that the row is shown as it is."""
        return self.query.no_time("at")

    @property
    def order(self) -> str:
        return "asc" if self.query.get("order") == "asc" else ""

    def link(self, **query: str | None) -> str:
        """To the same moment and order, unless `query` says otherwise."""
        at = None if self.at is None else self.query.get("at")
        kept: dict[str, str | None] = {"at": at, "order": self.order}
        return row_link(self.key, **(kept | query))

    @cached_property
    def row(self) -> dict[str, Plain]:
        """Now."""
        return self.json(self.listed.found.row)

    def json(self, row: AnyRow) -> dict[str, Plain]:
        return self.inspected.json.of(self.kind, row)

    @cached_property
    def shown(self) -> dict[str, Plain] | None:
        """At the moment; None where there was no row yet, or nobody can tell."""
        if self.at is None:
            return self.row
        try:
            then = self.history.row_at(self.at)
        except Expired as error:
            self.trouble = f"{error}: what the row was cannot be known."
            return None
        return None if then is None else self.json(then)

    @cached_property
    def title(self) -> str:
        return words.title(self.kind, self.key, self.row)

    @property
    def gist(self) -> words.Gist | None:
        return words.gist(self.kind, self.row)

    @cached_property
    def others(self) -> list[Line]:
        """What else there is of the same person, the latest first."""
        ways = words.ways_to(self.kind, self.row)
        if ways is None:
            return []
        found = self.inspected.view.rows(RowQuery(q=ways), OTHERS + 1).items
        here = [one for one in found if one.found.key != self.key]
        return [line(one, self.inspected) for one in here[:OTHERS]]

    @cached_property
    def about(self) -> list[str]:
        return words.about(self.kind, self.row)

    @cached_property
    def reply_after(self) -> str:
        """How long the first reply took."""
        row = self.shown or {}
        first, reply = row.get("first_message_at"), row.get("first_reply_at")
        if not isinstance(first, str) or not isinstance(reply, str):
            return ""
        taken = micros(reply) - micros(first)
        return f"after {length(taken)}" if taken >= 0 else ""

    @cached_property
    def kept(self) -> Kept:
        """The history, read anew for a page. Raises UserError, and at once where Kafka is known
        to be away.
        """
        if self.inspected.freshness().away:
            raise UserError(
                "Kafka does not answer, so that no webhook can be shown.",
                "The row is as the view has it; see above how fresh that is.",
            )
        whole = self.query.flag("whole")
        name = f"{self.key}{' and all' if whole else ''}"
        get = self.histories.same if self.query.get("part") else self.histories.anew
        return get(name, lambda: self.inspected.history(self.listed, whole=whole))

    @property
    def history(self) -> History:
        """To be used while its lock is held. Raises UserError."""
        return self.kept.history

    def work_out(self) -> None:
        """What templates show of the moment, while the lock is held: afterwards it is known."""
        _ = self.shown, self.changed

    @cached_property
    def scrubber(self) -> Scrubber:
        return scrubber(self.history, self.at)

    @cached_property
    def ticks(self) -> list[Tick]:
        return ticks(self.history.webhooks, self.scrubber)

    @cached_property
    def page(self) -> Page:
        return page(self.history, before=self.before or self._near, limit=AT_ONCE)

    @property
    def _near(self) -> str | None:
        """Where a page begins that has the moment; None where the newest one has."""
        where = self.scrubber
        after = where.position + LATER
        if where.last - where.position < AT_ONCE or after >= where.last:
            return None
        return str(where.offsets[after])

    @cached_property
    def changed(self) -> frozenset[str]:
        """The fields that the webhook of the moment changed, by their roots."""
        if self.at is None:
            return frozenset()
        where = self.scrubber
        if not where.position or self.history.expired is not None:
            return frozenset()
        before = where.moments[where.position - 1] - 1
        found = self.history.difference(before, self.at)
        return frozenset(part for one in found for part in _parts(one.path)) - _LITTLE

    def moment(self, raw: str) -> Moment | None:
        """The webhook of a raw record, whole."""
        records = self.history.webhooks.records
        for n, record in enumerate(records):
            if f"{record.partition}:{record.offset}" == raw:
                return self.history.timeline(n, n + 1)[0]
        return None

    @property
    def source(self) -> str:
        return parse_key(self.key).source


def _parts(path: str) -> tuple[str, ...]:
    """What of the row is marked for a changed path: its root and, of a list or map, its member."""
    root, member = _PATH.match(path).groups()  # pyright: ignore[reportOptionalMemberAccess]
    return (root,) if member is None else (root, f"{root}{member}")
