"""Lists of rows: what is asked for, and each row as a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from app.core.channels import Channel
from app.core.projection import TABLES, Table
from app.inspector.page import words
from app.inspector.page.links import row_link
from app.inspector.page.port import Inspected
from app.inspector.page.query import Query
from app.inspector.page.times import SECOND
from app.inspector.view.row_list import Listed
from app.inspector.view.row_query import RowQuery
from app.read.avro_json import Plain
from app.read.row_filter import PHASES

SILENT = {"5m": 300, "15m": 900, "30m": 1800, "1h": 3600, "4h": 14_400, "1d": 86_400}
"""How long active conversations may be silent, in seconds."""
LIMIT = 50
FLAGS = ("late", "duplicates", "dead")
NARROWS = {"phase", "source", "vendor", "channel", "assignee", "silent", *FLAGS}
"""Of an address, what narrows a list."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a list. `said` is its last message or what else tells most, `by` whose that is."""

    key: str
    link: str
    kind: Table
    phase: str
    title: str
    beside: str
    said: str | None
    by: str | None
    channel: str | None
    has_it: str | None
    source: str
    updated_at: str | None
    late: int
    duplicates: int
    dead_letters: int


def not_understood(query: Query) -> list[str]:
    """What an address asks for and no list knows: each narrows nothing."""
    given = query.items()
    wrong = [name for name in given if name not in {*NARROWS, "q", "cursor"}]
    if query.text("silent") not in ("", *SILENT):
        wrong.append("silent")
    wrong += [name for name in FLAGS if name in given and not query.flag(name)]
    return [f"{name}={given[name]}" for name in wrong]


def row_query(kind: Table | None, query: Query, now: int) -> RowQuery:
    silent = SILENT.get(query.text("silent"))
    return RowQuery(
        table=kind,
        q=query.text("q"),
        phase=query.get("phase"),
        source=query.get("source"),
        vendor=query.get("vendor"),
        channel=query.get("channel"),
        assignee=query.get("assignee"),
        quiet_before=None if silent is None else now - silent * SECOND,
        late=query.flag("late"),
        duplicates=query.flag("duplicates"),
        dead=query.flag("dead"),
    )


def line(listed: Listed, inspected: Inspected) -> Line:
    found = listed.found
    row = inspected.json.of(found.table, found.row)
    said, by = _said(found.table, row)
    title = words.title(found.table, found.key, row)
    return Line(
        key=found.key,
        link=row_link(found.key),
        kind=found.table,
        phase=found.row.phase,
        title=title,
        beside=_beside(found.table, row, title),
        said=said,
        by=by,
        channel=_text(row.get("channel") or row.get("direction") or row.get("type")),
        has_it=words.called(row.get("assignee") or row.get("agent")),
        source=found.row.source,
        updated_at=_text(row["updated_at"]),
        late=found.row.late,
        duplicates=found.row.duplicates,
        dead_letters=listed.dead_letters,
    )


def _beside(kind: Table, row: words.Shown, title: str) -> str:
    """What tells one of this name from another."""
    person = row if kind == "contact" else row.get("contact")
    if not isinstance(person, Mapping):
        return ""
    ways = (person.get("phone"), person.get("email"), person.get("handle"))
    return next((str(one) for one in ways if one and one != title), "")


def _said(kind: Table, row: words.Shown) -> tuple[str | None, str | None]:
    match kind:
        case "conversation":
            last = row["last_message"]
            if isinstance(last, Mapping):
                return _text(last["text"] or f"[{last['content_type']}]"), _text(last["direction"])
            return None, None
        case "call":
            way = f"{row['from_number'] or '?'} → {row['to_number'] or '?'}"
            return _text(" · ".join(map(str, filter(None, (way, _outcome(row)))))), None
        case "contact":
            return _text(row["organisation_name"]), None


def _outcome(row: words.Shown) -> Plain:
    return row["outcome"] or row["disposition"]


def _text(value: Plain) -> str | None:
    return None if value is None else str(value)


def _chosen(name: str, query: Query) -> str:
    """Nothing where what is given narrows nothing."""
    text = query.text(name)
    return "" if name == "silent" and text not in SILENT else text


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a list can be narrowed by."""

    name: str
    label: str
    form: Literal["choice", "text", "flag"]
    value: str
    options: list[str] = []


def choices(kind: Table | None, query: Query, inspected: Inspected) -> list[Choice]:
    """What this kind of row can be narrowed by, and what is chosen."""
    tallies = [one for one in inspected.view.tallies() if kind in (None, one.kind)]
    phases = [phase for table in TABLES if kind in (None, table) for phase in PHASES[table]]
    given = [
        ("phase", "Phase", list(dict.fromkeys(phases))),
        ("source", "Source", sorted({one.source for one in tallies})),
        ("vendor", "Vendor", sorted({one.vendor for one in tallies})),
    ]
    if kind in (None, "conversation"):
        given += [
            ("channel", "Channel", list(get_args(Channel))),
            ("silent", "Silent for", list(SILENT)),
        ]
    found = [
        Choice(name=name, label=label, form="choice", value=_chosen(name, query), options=options)
        for name, label, options in given
    ]
    if kind != "contact":
        label = "Agent" if kind == "call" else "Assignee"
        found.append(
            Choice(name="assignee", label=label, form="text", value=query.text("assignee"))
        )
    labels = ("Late", "Duplicates", "Dead letters")
    return found + [
        Choice(name=name, label=label, form="flag", value="1" if query.flag(name) else "")
        for name, label in zip(FLAGS, labels, strict=True)
    ]
