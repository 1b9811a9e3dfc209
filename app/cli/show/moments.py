"""The webhooks of a row, one after another, and what each changed: in columns where there is room,
else beneath.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.changes_told import told
from app.cli.show.letter import readable
from app.cli.show.output import WIDE
from app.cli.show.rows import phase
from app.cli.show.texts import cut, said
from app.cli.show.times import SECOND, duration, exact
from app.core.webhook import JSON, iso
from app.history.moment import BADGES, Badge, Moment
from app.history.page import Page

MOST = 16  # fields shown of one webhook
_STYLES: dict[Badge, str] = {
    "dead_letter": "red",
    "not_in_row": "red",
    "duplicate": "yellow",
    "late": "yellow",
    "broken_clock": "yellow",
    "waiting": "yellow",
    "redriven": "cyan",
    "stands_in": "cyan",
    "event_only": "dim",
}


def print_page(console: Console, page: Page, *, bodies: bool) -> None:
    """`bodies`: each with its headers, its decoded event and its body."""
    title = said(page.key, "bold")
    row = said("no row", "dim") if page.phase is None else phase(page.phase)
    console.print(title.append("  ").append(row))
    console.print(said(_counts(page), "dim"))
    if page.expired is not None:
        console.print(_expired(page.expired.webhooks, page.expired.last_at))
    if console.width >= WIDE and not bodies:
        console.print(_grid(page.items))
        return
    for day, moments in groupby(page.items, key=lambda one: iso(one.received_at)[:10]):
        console.print(said(day, "dim"))
        for one in moments:
            _print(console, one, bodies=bodies)


def _counts(page: Page) -> str:
    """`11 webhooks, 1 duplicate, 2 late`: of those that are shown."""
    shown, total = len(page.items), page.total
    webhooks = f"{total:,} webhook{'s' * (total > 1)}"
    counts = Counter(badge for one in page.items for badge in one.badges)
    del counts["stands_in"]  # each of a redriven one
    worn = [f"{counts[badge]:,} {words}" for badge, (words, _) in BADGES.items() if counts[badge]]
    return ", ".join([webhooks if shown == total else f"{shown:,} of {webhooks}", *worn])


def _expired(count: int, last_at: int) -> Text:
    some = "The first webhook, of" if count == 1 else f"{count:,} webhooks, the last of"
    return said(
        f"{some} {exact(last_at)}, expired: what the others changed cannot be told.", "yellow"
    )


def _grid(moments: Sequence[Moment]) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("received", no_wrap=True)
    grid.add_column("after event", no_wrap=True, justify="right")
    grid.add_column("raw", no_wrap=True)
    grid.add_column("webhook", no_wrap=True)
    grid.add_column("what it changed", overflow="fold")
    for one in moments:
        grid.add_row(
            said(exact(one.received_at)),
            said(_lateness(one), "dim"),
            said(one.raw),
            Text("\n").join([said(_event(one), "bold"), *_badges(one)]),
            Group(*_lines(one)),
        )
    return grid


def _print(console: Console, one: Moment, *, bodies: bool) -> None:
    parts = [said(_event(one), "bold"), *_badges(one), said(_lateness(one)), said(one.raw, "dim")]
    when = said(f" {iso(one.received_at)[11:]}")
    console.print(cut(Text("  ").join([when, *filter(None, parts)])))
    for line in _lines(one):
        console.print(_indented(line))
    if bodies:
        _print_whole(console, one)


def _print_whole(console: Console, one: Moment) -> None:
    """Texts of bodies are not wrapped: they are copied."""
    for name, value in one.headers:
        console.print(_indented(said(f"{name}: {value.decode(errors='replace')}", "dim")))
    if one.event is not None:
        console.print(_indented(said(f"event, schema version {one.schema_version}", "dim")))
        console.print(Text(readable(msgspec.json.encode(one.event), JSON)), soft_wrap=True)
    console.print(_indented(said(f"body, {len(one.body):,} bytes", "dim")))
    console.print(Text(readable(one.body, one.content_type)), soft_wrap=True)


def _indented(line: Text) -> Padding:
    return Padding(line, (0, 0, 0, 4), expand=False)


def _event(one: Moment) -> str:
    """As its vendor calls it."""
    return one.type.partition(".")[2] or one.type


def _badges(one: Moment) -> list[Text]:
    return [said(BADGES[badge][0], _STYLES[badge]) for badge in one.badges]


def _lateness(one: Moment) -> str:
    """How long after its event it was received; a second or less is no news."""
    lateness = one.lateness
    if lateness is None or abs(lateness) <= SECOND:
        return ""
    return f"+{duration(lateness)}" if lateness > 0 else f"-{duration(-lateness)}"


def _lines(one: Moment) -> list[Text]:
    lines = list(_notes(one))
    if one.changes is None:
        return lines
    news = told(one.changes)
    left = len(news) - MOST
    return [*lines, *news[:MOST], *([said(f"and {left} more: --json", "dim")] if left > 0 else [])]


def _notes(one: Moment) -> Iterator[Text]:
    if one.why is not None:
        where = "" if one.why.path in one.why.message else f" (at {one.why.path})"
        yield said(f"{one.why.reason}: {one.why.message}{where}", "red")
    if one.redriven_as:
        yield said(f"redriven as {one.redriven_as}", "cyan")
    if one.stands_in_for:
        yield said(f"stands in for {one.stands_in_for}", "cyan")
