"""Whom a row shows in a role."""

from __future__ import annotations

from typing import Any

from tests.oracle.reading import cut


def shown(by_time: list[dict], role: str, fields: tuple[str, ...]) -> dict[str, Any] | None:
    """The person last named by id, with all that was ever said of that id; where nobody was ever
    named by id (and "nobody" never said), the one without an id.
    """
    known: dict[str | None, dict] = {}
    named_once, named = False, None
    for event in by_time:
        if role not in event.get("people", {}):
            continue
        person = event["people"][role]
        if person is None:
            named_once, named = True, None
            continue
        if not person:
            continue
        id = cut(person.get("id"))
        if id is not None:
            named_once, named = True, id
        one = known.setdefault(id, {})
        one.update({name: cut(value) for name, value in person.items()})
    if named_once and named is None:
        return None
    if named not in known:
        return None
    return {name: known[named].get(name) for name in fields}
