"""Screens of many rows: one kind of them, or whatever a search finds."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from app.core.projection import Table
from app.core.webhook import place_of
from app.inspector.page.links import LISTS, row_link, with_query
from app.inspector.page.lists import LIMIT, NARROWS, choices, line, not_understood, row_query
from app.inspector.page.one import NAMES
from app.inspector.page.screen import Answer, Ask, Elsewhere, Screen
from app.inspector.view.letter_list import LetterQuery

_EVENT_ID = re.compile(r"[0-9a-f]{32}")


def list_screen(kind: Table) -> Callable[[Ask], Answer]:
    return lambda ask: _list(ask, kind, LISTS[kind], NAMES[kind])


def search_screen(ask: Ask) -> Answer:
    """A key leads to its row; anything else to a list of all kinds."""
    q = ask.query.text("q")
    if not q:
        return Elsewhere(LISTS["conversation"])
    there = _thing(ask, q)
    return _list(ask, None, "/search", "Everything") if there is None else Elsewhere(there)


def _thing(ask: Ask, q: str) -> str | None:
    """Where a key, a receipt, a place of the raw log or a dead letter's id leads."""
    if q.startswith("{"):
        return _of_receipt(ask, q)
    if q.count("/") >= 2 and ask.inspected.view.row(q) is not None:
        return row_link(q)
    name = q.lower()
    if _EVENT_ID.fullmatch(name) or place_of(q):
        letters = ask.inspected.view.letters(LetterQuery(q=name, closed=True), 1).items
        if letters:
            return with_query(f"/dead-letters/{letters[0].fingerprint}", raw=letters[0].raw)
    return f"/records/{q}" if place_of(q) else None


def _of_receipt(ask: Ask, q: str) -> str | None:
    """What the endpoint answered, as a vendor's engineer pastes it."""
    try:
        said = msgspec.json.decode(q, type=_Receipt)
    except msgspec.DecodeError:
        return None
    if said.partition is not None and said.offset is not None:
        return f"/records/{said.partition}:{said.offset}"
    return row_link(said.key) if said.key.count("/") >= 2 else None


class _Receipt(msgspec.Struct):
    key: str
    partition: int | None = None
    offset: int | None = None


def _list(ask: Ask, kind: Table | None, path: str, heading: str) -> Screen:
    query = ask.query
    page = ask.inspected.view.rows(row_query(kind, query, ask.now), LIMIT, query.get("cursor"))
    q = query.text("q")
    kept = {name: value for name, value in query.items().items() if name in {*NARROWS, "q"}}
    context = {
        "kind": kind,
        "path": path,
        "heading": heading,
        "lines": [line(one, ask.inspected) for one in page.items],
        "choices": choices(kind, query, ask.inspected),
        "not_understood": not_understood(query),
        "event_id": q if _EVENT_ID.fullmatch(q.lower()) else None,
        "narrowed": any(query.get(name) for name in NARROWS),
        "clear": with_query(path, q=q),
        "cursor": query.get("cursor"),
        "first": with_query(path, **kept),
        "url": with_query(path, **kept),
        "next": None if page.next is None else with_query(path, **kept, cursor=page.next),
    }
    return Screen(template="list.html", context=context, here=kind or "search", q=q)
