"""Many rows: a line each where there is room, else two. A key is never cut: it is copied.
One that would leave the others no room is folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.columns import width_of
from app.cli.show.output import WIDE
from app.cli.show.rows import person, phase
from app.cli.show.texts import cut, one_line, said
from app.cli.show.times import ago
from app.core.call import Call
from app.core.contact import Contact
from app.core.conversation import Conversation
from app.core.projection import AnyRow
from app.read.rows import Found

_ABOUT = 60  # characters
_KEY, _BESIDE = 80, 56  # columns: a key has no more, and what is beside it no fewer


def row_list(rows: Iterable[Found], now: int, width: int) -> RenderableType:
    """`width` of the terminal, in columns."""
    return _grid(list(rows), now, width) if width >= WIDE else _pairs(rows, now)


def _pairs(rows: Iterable[Found], now: int) -> Group:
    """What it is and when; beneath, with whom, whose, about what."""
    lines: list[Text] = []
    for found in rows:
        row = found.row
        about = Text(" · ").join(part for part in _columns(row) if part)
        lines += [
            Text("  ").join([said(found.key, "bold"), phase(row.phase), _last(row, now)]),
            cut(Text("  ").append_text(about)),
        ]
    return Group(*lines)


def _grid(rows: Sequence[Found], now: int, width: int) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    keys = [said(found.key) for found in rows]
    grid.add_column(
        "key", overflow="fold", width=width_of([*keys, Text("key")], min(_KEY, width - _BESIDE))
    )
    grid.add_column("phase", no_wrap=True)
    grid.add_column("last event", no_wrap=True)
    for name in ("with", "has it", "about"):  # these give way, so they must not be `no_wrap`
        grid.add_column(name)
    for key, found in zip(keys, rows, strict=True):
        row = found.row
        columns = map(cut, _columns(row))
        grid.add_row(key, phase(row.phase), _last(row, now), *columns)
    return grid


def _last(row: AnyRow, now: int) -> Text:
    return said("" if row.updated_at is None else ago(row.updated_at, now))


def _columns(row: AnyRow) -> tuple[Text, Text, Text]:
    match row:
        case Conversation():
            last = row.last_message.text if row.last_message is not None else None
            return (
                _who(row.contact and (row.contact.name or person(row.contact))),
                _who(row.assignee and (row.assignee.name or person(row.assignee))),
                _about(row.channel, row.status, last),
            )
        case Call():
            way = f"{row.from_number or '?'} → {row.to_number or '?'}"
            return (
                _who(row.contact and (row.contact.name or person(row.contact))),
                _who(row.agent and (row.agent.name or person(row.agent))),
                _about(row.direction, way, row.outcome or row.disposition),
            )
        case Contact():
            about = _about(row.type, row.email, row.phone, row.organisation_name)
            return _who(row.name), _who(None), about


def _who(name: str | None) -> Text:
    return said(one_line(name, 30) if name else "")


def _about(*parts: str | None) -> Text:
    return said(one_line(" · ".join(part for part in parts if part), _ABOUT))
