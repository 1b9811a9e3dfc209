"""Screens of one row, and their parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core.projection import Table
from app.core.webhook import Key
from app.errors import UserError
from app.history.expired import Expired
from app.inspector.page.comparison import comparison
from app.inspector.page.links import LISTS, row_link, with_query
from app.inspector.page.one import One
from app.inspector.page.query import NotUnderstood
from app.inspector.page.screen import Answer, Ask, Elsewhere, Raw, Screen, not_found, nothing
from app.inspector.page.timeline import lines
from app.inspector.page.verdict import verdict
from app.inspector.view.letter_list import LetterQuery
from app.read.waiting import Waiting

_NOTHING_MADE_ONE = (
    "Nothing that was received made one: mind the source before the id. When one comes, it is "
    "shown here."
)
_NOT_KNOWN = "Whether a webhook of it waits for the worker cannot be known now"


def row_screen(kind: Table) -> Callable[[Ask], Answer]:
    return lambda ask: _row(ask, kind)


def _row(ask: Ask, kind: Table) -> Answer:
    source, id = ask.params["source"], ask.params.get("id") or ask.query.get("id")
    if id is None:
        return Elsewhere(with_query(LISTS[kind], source=source))
    key = str(Key(source, kind, id))
    listed = ask.inspected.view.row(key)
    if listed is None:
        return _missing(ask, kind, key)
    try:
        before = ask.query.offset("before")
    except NotUnderstood as error:
        words = f"No page of it has the address {error}. Begin at its newest webhooks."
        return nothing("This page of the timeline is not there", words, 400, row=row_link(key))
    one = One(
        inspected=ask.inspected,
        histories=ask.histories,
        listed=listed,
        query=ask.query,
        at=ask.query.time("at"),
        before=before,
    )
    if ask.query.flag("compare"):
        return Screen(template="compare.html", context=_compared(one), here=kind)
    return _whole(ask, one) if "part" not in ask.query.items() else _part(ask, one)


def _missing(ask: Ask, kind: Table, key: str) -> Answer:
    letters = ask.inspected.view.letters(LetterQuery(key=key, closed=True), 20)
    waiting, words = Waiting(), _NOTHING_MADE_ONE
    try:
        waiting = ask.inspected.waiting(key)
    except UserError as error:
        words = f"{_NOT_KNOWN}: {error}"
    else:
        if waiting.unsearched:
            words = f"{_NOT_KNOWN}: {waiting.why_unsearched}. How far it is, the overview shows."
        elif waiting.webhooks:
            words = "It is shown here when the worker has come to what waits."
        elif ask.inspected.freshness().waiting is None:
            words = "No worker has been seen: whatever was received of it waits for one."
    return not_found(
        f"There is no row {key}", words, kind, key=key, letters=letters.items, waiting=waiting
    )


def _whole(ask: Ask, one: One) -> Screen:
    context = {"one": one, "verdict": None} | _timeline(one, ask.query.get("open"))
    if ask.query.flag("verify"):
        context["verdict"] = verdict(ask.inspected, one.kind, one.key, ask.now)
    return Screen(template="row.html", context=context, here=one.kind)


def _part(ask: Ask, one: One) -> Answer:
    match ask.query.get("part"):
        case "state":
            return _piece("state.html", one=_at_its_moment(one))
        case "verify":
            said = verdict(ask.inspected, one.kind, one.key, ask.now)
            return _piece("verdict.html", one=one, verdict=said)
        case "hooks":
            return _piece("hooks.html", one=one, **_timeline(one, None))
        case other:
            return _webhook(one, ask.query.text("raw"), alone=other == "body")


def _webhook(one: One, raw: str, *, alone: bool) -> Answer:
    """One of them, or its body `alone`."""
    with one.kept.lock:
        moment = one.moment(raw)
    if moment is None:
        return _piece("gone.html", words=f"The raw log does not hold {raw} of this key.")
    if alone:
        return Raw(body=moment.body, name=f"{moment.id}.json")
    return _piece("webhook.html", one=one, m=moment)


def _at_its_moment(one: One) -> One:
    """Raises UserError."""
    if one.at is not None:
        with one.kept.lock:
            one.work_out()
    return one


def _piece(template: str, **context: object) -> Screen:
    return Screen(template=template, context=context)


def _timeline(one: One, opened: str | None) -> dict[str, Any]:
    """The webhooks, or why they cannot be shown: the row as it is now needs none of them."""
    context: dict[str, Any] = {
        "page": None,
        "lines": [],
        "where": None,
        "ticks": [],
        "opened": None,
        "timeline_trouble": None,
    }
    try:
        with one.kept.lock:
            one.work_out()
            where, page = one.scrubber, one.page
            items = page.items if one.order == "asc" else page.items[::-1]
            return context | {
                "page": page,
                "lines": lines(items, where),
                "where": where,
                "ticks": one.ticks,
                "opened": one.moment(opened) if opened else None,
            }
    except UserError as error:
        one.trouble = None if one.at is None else f"What the row was cannot be known now: {error}"
        return context | {"timeline_trouble": str(error)}


def _compared(one: One) -> dict[str, Any]:
    context: dict[str, Any] = {"one": one, "timeline_trouble": None, "trouble": None, "changes": []}
    try:
        with one.kept.lock:
            return context | comparison(one)
    except Expired as error:
        return context | {"timeline_trouble": f"{error}: what the row was cannot be known."}
    except UserError as error:
        return context | {"timeline_trouble": str(error)}
