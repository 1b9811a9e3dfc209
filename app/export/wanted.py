"""Which tables somebody asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from app.errors import UserError
from app.export.choice import Choice
from app.export.table import WHATS, Table, What

ROWS: tuple[What, ...] = ("conversations", "calls", "contacts")
_SHOWN = 5


def known(given: Collection[str]) -> list[What]:
    """The same, each once. Raises UserError for one that nothing is called."""
    whats = {what: what for what in WHATS}
    for one in given:
        if one not in whats:
            raise UserError(f"There is no {one!r} to export.", f"There are {', '.join(WHATS)}.")
    return [what for what in WHATS if what in set(given)]


def wanted(
    tables: Mapping[str, Table], whats: Collection[What], types: Collection[str]
) -> list[str]:
    """Their names, in the tables' order. Of events, `types` if there are any. Raises UserError for
    a type that there is not.
    """
    if types and "events" not in whats:
        raise UserError(
            f"--type is of events, and {' and '.join(whats)} are none.",
            "Export events, or leave --type out.",
        )
    for type in types:
        if type not in tables or tables[type].what != "events":
            raise _no_event(type, [one.name for one in tables.values() if one.what == "events"])
    return [
        name
        for name, table in tables.items()
        if table.what in whats and (table.what != "events" or not types or name in types)
    ]


def fits(whats: Collection[What], choice: Choice, shadow: str | None) -> None:
    """Raises UserError where a condition is of other things than those that are asked for."""
    rows = [one for one in whats if one in ROWS]
    others = [one for one in whats if one not in ROWS]
    if choice.has_span and rows:
        raise UserError(
            f"--from and --to are of when webhooks were received: of {', '.join(rows)}, rows are "
            "made of many.",
            "Leave them out; or fold those webhooks alone with `hookline replay --into NAME --from "
            "TIME --to TIME`, and export the rows with --shadow NAME.",
        )
    if shadow is not None and others:
        raise UserError(
            f"A shadow has rows only, no {' and no '.join(others)}.",
            "Export conversations, calls and contacts with --shadow, the rest without.",
        )


def _no_event(type: str, events: Iterable[str]) -> UserError:
    events = sorted(events)
    close = get_close_matches(type, events, _SHOWN, 0.5)
    near = close or [one for one in events if one.startswith(type.partition(".")[0])]
    shown = ", ".join((near or events)[:_SHOWN])
    return UserError(
        f"There is no event {type!r}.",
        f"Did you mean one of {shown}? `hookline sql --tables` lists all.",
    )
