"""Rows: lists of them, one as it is or was, how it came to be, and whether it is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta

from app.core.projection import TABLES, Table
from app.core.webhook import iso
from app.history.expired import Expired
from app.history.forms import page_json
from app.history.history import History
from app.history.page import page
from app.inspector.api.documents import FINDING, TIMELINE, WAITING, list_of, ref
from app.inspector.api.operation import Asked, Operation
from app.inspector.api.parameters import (
    Duration,
    Limit,
    Parameters,
    RowCursor,
    Search,
    Time,
    Word,
    duration_of,
    micros_of,
)
from app.inspector.api.problem import Problem
from app.inspector.inspection import Inspection
from app.inspector.view.row_list import BadCursor, Listed
from app.inspector.view.row_query import RowQuery
from app.read.rows import found_json
from app.read.waiting import waiting_json
from app.replay.forms import checked_json

Before = Annotated[str, Meta(pattern="^[0-9]{1,18}$", description="The `next` of the page before.")]


class ListOf(Parameters, frozen=True, kw_only=True):
    """Of any table."""

    q: Search = ""
    phase: Word | None = None
    source: Word | None = None
    vendor: Word | None = None
    late: Annotated[bool, Meta(description="Only rows that have late webhooks.")] = False
    duplicates: Annotated[bool, Meta(description="Only rows that have duplicates.")] = False
    dead_letters: Annotated[bool, Meta(description="Only rows with open dead letters.")] = False
    limit: Limit = 50
    cursor: RowCursor | None = None


class CallsQuery(ListOf, frozen=True, kw_only=True):
    assignee: Annotated[
        Word | None, Meta(description="The id, name or e-mail address of the agent.")
    ] = None


class ConversationsQuery(ListOf, frozen=True, kw_only=True):
    channel: Word | None = None
    assignee: Annotated[
        Word | None, Meta(description="The id, name or e-mail address of who has it.")
    ] = None
    silent_for: Annotated[
        Duration | None,
        Meta(description="Active, and no message for so long: those that fell silent last first."),
    ] = None


class OneQuery(Parameters, frozen=True, kw_only=True):
    at: Annotated[
        Time | None, Meta(description="As it was by the webhooks received up to then.")
    ] = None
    internals: Annotated[bool, Meta(description="With `ledger` and `fold`.")] = False


class TimelineQuery(Parameters, frozen=True, kw_only=True):
    since: Annotated[Time | None, Meta(description="Received then or later.")] = None
    until: Annotated[Time | None, Meta(description="Received before.")] = None
    before: Before | None = None
    limit: Limit = 100
    bodies: Annotated[bool, Meta(description="With headers, raw body and decoded event.")] = False
    whole: Annotated[
        bool, Meta(description="With webhooks that change no row: reads a partition through.")
    ] = False


_QUERIES: dict[Table, type[ListOf]] = {
    "conversation": ConversationsQuery,
    "call": CallsQuery,
    "contact": ListOf,
}


def operations() -> list[Operation]:
    return [one for table in TABLES for one in _of(table)]


def _of(table: Table) -> list[Operation]:
    name, row = f"{table}s", f"{table.capitalize()}Row"
    one = f"/api/{name}/{{source}}/{{id}}"
    return [
        Operation(
            id=f"list_{name}",
            path=f"/api/{name}",
            summary=f"{name.capitalize()}, those updated last first",
            query=_QUERIES[table],
            schema=list_of(ref(row)),
            answer=_list(table),
        ),
        Operation(
            id=f"get_{table}",
            path=one,
            summary=f"One {table}, as it is or as it was; the id is that of its key",
            query=OneQuery,
            schema=ref(row),
            errors=(404, 410),
            answer=_get(table),
        ),
        Operation(
            id=f"{table}_timeline",
            path=f"{one}/timeline",
            summary="Its webhooks in the order of the log, the newest page first",
            query=TimelineQuery,
            schema=TIMELINE,
            errors=(404,),
            answer=_timeline(table),
        ),
        Operation(
            id=f"{table}_waiting",
            path=f"{one}/waiting",
            summary="Webhooks that the worker has not come to, whether it has a row yet or not",
            schema=WAITING,
            answer=_waiting(table),
        ),
        Operation(
            id=f"verify_{table}",
            path=f"{one}/verify",
            summary="Folded again from the raw records that it names, and compared",
            schema=FINDING,
            errors=(404,),
            answer=_verify(table),
        ),
    ]


Handler = Callable[[Inspection, Asked], Any]


def listed_json(inspection: Inspection, one: Listed, *, internals: bool = False) -> dict[str, Any]:
    """The row's fields, when it was written, and how many open dead letters its key has."""
    return found_json(one.found, inspection.json, internals=internals) | {
        "written_at": iso(one.found.written_at),
        "dead_letters": one.dead_letters,
    }


def _list(table: Table) -> Handler:
    def answer(inspection: Inspection, asked: Asked) -> dict[str, Any]:
        query: ListOf = asked.query
        silent_for = duration_of(getattr(query, "silent_for", None))
        wanted = RowQuery(
            table=table,
            q=query.q,
            phase=query.phase or None,
            source=query.source or None,
            vendor=query.vendor or None,
            channel=getattr(query, "channel", None) or None,
            assignee=getattr(query, "assignee", None) or None,
            quiet_before=None if silent_for is None else asked.now - silent_for,
            late=query.late,
            duplicates=query.duplicates,
            dead=query.dead_letters,
        )
        try:
            found = inspection.view.rows(wanted, query.limit, query.cursor)
        except BadCursor:
            raise bad_cursor() from None
        return {"items": [listed_json(inspection, one) for one in found.items], "next": found.next}

    return answer


def bad_cursor() -> Problem:
    return Problem(400, "No page gave this cursor. Begin without one.")


def _key(table: Table, asked: Asked) -> str:
    return f"{asked.parts['source']}/{table}/{asked.parts['id']}"


def _listed(inspection: Inspection, table: Table, asked: Asked) -> Listed:
    """Raises Problem where there is none."""
    key = _key(table, asked)
    found = inspection.view.row(key)
    if found is not None:
        return found
    condition = inspection.condition
    if not condition.whole:
        raise Problem(
            503,
            f"There is no row {key} yet; of the view, {condition.progress:.0%} is there.",
            {"retry-after": "5"},
        )
    raise Problem(404, f"There is no {table} {key}.")


def _get(table: Table) -> Handler:
    def answer(inspection: Inspection, asked: Asked) -> dict[str, Any]:
        query: OneQuery = asked.query
        listed = _listed(inspection, table, asked)
        at = micros_of(query.at, "at")
        if at is None:
            return listed_json(inspection, listed, internals=query.internals)
        try:
            row = inspection.history(listed, whole=False).row_at(at)
        except Expired as why:
            raise Problem(410, f"{why}: what the row was cannot be worked out.") from None
        if row is None:
            raise Problem(404, f"There was no {table} {listed.found.key} yet.")
        json = inspection.json.of(table, row, internals=query.internals)
        return {"key": listed.found.key, "kind": table, **json}

    return answer


def _timeline(table: Table) -> Handler:
    def answer(inspection: Inspection, asked: Asked) -> dict[str, Any]:
        query: TimelineQuery = asked.query
        history: History = inspection.history(_listed(inspection, table, asked), whole=query.whole)
        found = page(
            history,
            since=micros_of(query.since, "since"),
            until=micros_of(query.until, "until"),
            before=query.before,
            limit=query.limit,
        )
        return page_json(found, bodies=query.bodies)

    return answer


def _waiting(table: Table) -> Handler:
    return lambda inspection, asked: waiting_json(inspection.waiting(_key(table, asked)))


def _verify(table: Table) -> Handler:
    def answer(inspection: Inspection, asked: Asked) -> dict[str, Any]:
        key = _key(table, asked)
        finding, tally, waiting = inspection.verified(table, key)
        if finding is None:
            raise Problem(404, f"There is no {table} {key} to verify.")
        return checked_json(finding, tally) | {"waiting": waiting_json(waiting)}

    return answer
