"""Dead letters in a list: by their causes, or one by one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.output import WIDE
from app.cli.show.texts import said
from app.cli.show.times import ago
from app.read.dead_letters import Group, Letter


def group_list(groups: Sequence[Group], now: int, width: int) -> RenderableType:
    """`width` of the terminal, in columns."""
    return _group_grid(groups, now) if width >= WIDE else _group_pairs(groups, now)


def _group_pairs(groups: Sequence[Group], now: int) -> Lines:
    """How many of what; beneath, since when and how to see one."""
    lines: list[Text] = []
    for group in groups:
        first = said(f"{group.count:>6,}  ").append(group.reason, "red")
        seen = f"last {_ago(group.last_seen, now)}, first {_ago(group.first_seen, now)}"
        first.append_text(said(f"  {group.vendor}.{group.event}  {group.path}"))
        first.append(f"  {_today(group)}", "green")
        lines += [first, said(f"        {group.example}  {group.fingerprint}  {seen}", "dim")]
    return Lines(*lines)


def _group_grid(groups: Sequence[Group], now: int) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("count", justify="right", no_wrap=True)
    grid.add_column("reason", no_wrap=True)
    grid.add_column("event", overflow="fold")
    grid.add_column("at", overflow="fold")
    if mended := any(map(_today, groups)):
        grid.add_column("today", no_wrap=True)
    grid.add_column("last seen", no_wrap=True)
    grid.add_column("first seen", no_wrap=True)
    grid.add_column("touches", no_wrap=True)
    grid.add_column("example", no_wrap=True)
    grid.add_column("fingerprint", no_wrap=True)
    for group in groups:
        grid.add_row(
            said(f"{group.count:,}"),
            said(group.reason, "red"),
            said(f"{group.vendor}.{group.event}"),
            said(group.path),
            *([said(_today(group), "green")] if mended else []),
            said(_ago(group.last_seen, now)),
            said(_ago(group.first_seen, now)),
            said(_touches(group)),
            said(group.example),
            said(group.fingerprint),
        )
    return grid


def letter_list(letters: Sequence[Letter], now: int, width: int) -> RenderableType:
    """`width` of the terminal, in columns."""
    return _letter_grid(letters, now) if width >= WIDE else _letter_pairs(letters, now)


def _letter_pairs(letters: Sequence[Letter], now: int) -> Lines:
    """What is wrong with it; beneath, when it came and what it is about."""
    lines: list[Text] = []
    for one in letters:
        first = said(f"{one.raw:<9} ").append(one.reason, "red")
        received = _ago(one.received_at, now)
        first.append_text(said(f"  {one.vendor}.{one.event}  {one.path}"))
        lines += [
            first.append(f"  {_redriven_as(one)}", "green"),
            said(f"{'':10}{one.fingerprint}  {received}  {one.key}", "dim"),
        ]
    return Lines(*lines)


def _letter_grid(letters: Sequence[Letter], now: int) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    gives_way = ("at", "event", "key")
    mended = ["today"] if any(one.is_closed for one in letters) else []
    for name in ("raw", "received", "reason", "event", "at", *mended, "key", "fingerprint"):
        grid.add_column(name, no_wrap=name not in gives_way, overflow="fold")
    for one in letters:
        grid.add_row(
            said(one.raw),
            said(_ago(one.received_at, now)),
            said(one.reason, "red"),
            said(f"{one.vendor}.{one.event}"),
            said(one.path),
            *(said(_redriven_as(one), "green") for _ in mended),
            said(one.key),
            said(one.fingerprint),
        )
    return grid


def _touches(group: Group) -> str:
    counts = {
        "conversation": group.conversations,
        "call": group.calls,
        "contact": group.contacts,
    }
    return ", ".join(f"{n:,} {kind}{'s' * (n > 1)}" for kind, n in counts.items() if n) or "-"


def _today(group: Group) -> str:
    """How many of the open ones decode by now, and how many were redriven."""
    decode = "decodes" if group.redrivable == 1 else "decode"
    told = [
        f"{group.redrivable:,} {decode}" if group.redrivable else "",
        f"{group.redriven:,} redriven" if group.redriven else "",
    ]
    return ", ".join(filter(None, told))


def _redriven_as(one: Letter) -> str:
    return f"redriven as {one.copy}" if one.is_closed else ""


def _ago(at: int | None, now: int) -> str:
    return "" if at is None else ago(at, now)
