"""Dead letters for a person: what is wrong, where, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

from rich.console import Console, RenderableType
from rich.console import Group as Lines
from rich.table import Table as Grid
from rich.text import Text

from app.cli.show.facts import Facts
from app.cli.show.output import WIDE
from app.cli.show.texts import one_line, safe, said
from app.cli.show.times import ago
from app.core.undecodable import Undecodable
from app.core.webhook import FORM, iso
from app.read.dead_letters import Group, Letter

MOST_BODY = 20_000  # characters shown of a body

WHAT_TO_DO = {
    "not_json": "The sender's body is broken. Where a relay stands between, see whether it cuts or "
    "rewrites bodies; else show it to the vendor.",
    "not_an_object": "The sender's body is JSON, and no object. Show it to the vendor.",
    "unknown_event": "Hookline does not know this event. If it matters, add it (README, how to add "
    "an event); if not, switch it off at the vendor.",
    "no_key": "Nothing in it says which conversation, call or contact it is about. Compare the "
    "path with the vendor's page: the id has moved, or was left out.",
    "schema_mismatch": "The field at the path is of another type than its schema says. Compare "
    "with the vendor's page; a new version of the schema may be due.",
    "internal": "A fault of Hookline's own: report it with this fingerprint.",
}
_KEPT = "Its raw record is kept: once the cause is mended, `hookline replay` takes it in."


def group_list(groups: Sequence[Group], now: int, width: int) -> RenderableType:
    """`width` of the terminal, in columns."""
    return _group_grid(groups, now) if width >= WIDE else _group_pairs(groups, now)


def _group_pairs(groups: Sequence[Group], now: int) -> Lines:
    """How many of what; beneath, since when and how to see one."""
    lines: list[Text] = []
    for group in groups:
        first = said(f"{group.count:>6,}  ").append(group.reason, "red")
        seen = f"last {_ago(group.last_seen, now)}, first {_ago(group.first_seen, now)}"
        lines += [
            first.append_text(said(f"  {group.vendor}.{group.event}  {group.path}")),
            said(f"        {group.example}  {group.fingerprint}  {seen}", "dim"),
        ]
    return Lines(*lines)


def _group_grid(groups: Sequence[Group], now: int) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("count", justify="right", no_wrap=True)
    grid.add_column("reason", no_wrap=True)
    grid.add_column("event", overflow="fold")
    grid.add_column("at", overflow="fold")
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
            said(_ago(group.last_seen, now)),
            said(_ago(group.first_seen, now)),
            said(_touches(group)),
            said(group.example),
            said(group.fingerprint),
        )
    return grid


def letter_list(letters: Iterable[Letter], now: int, width: int) -> RenderableType:
    """`width` of the terminal, in columns."""
    return _letter_grid(letters, now) if width >= WIDE else _letter_pairs(letters, now)


def _letter_pairs(letters: Iterable[Letter], now: int) -> Lines:
    """What is wrong with it; beneath, when it came and what it is about."""
    lines: list[Text] = []
    for one in letters:
        first = said(f"{one.raw:<9} ").append(one.reason, "red")
        received = _ago(one.received_at, now)
        lines += [
            first.append_text(said(f"  {one.type}  {one.path}")),
            said(f"{'':10}{one.fingerprint}  {received}  {one.key}", "dim"),
        ]
    return Lines(*lines)


def _letter_grid(letters: Iterable[Letter], now: int) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    gives_way = ("at", "event", "key")
    for name in ("raw", "received", "reason", "event", "at", "key", "fingerprint"):
        grid.add_column(name, no_wrap=name not in gives_way, overflow="fold")
    for one in letters:
        grid.add_row(
            said(one.raw),
            said(_ago(one.received_at, now)),
            said(one.reason, "red"),
            said(one.type),
            said(one.path),
            said(one.key),
            said(one.fingerprint),
        )
    return grid


def print_letter(
    console: Console, one: Letter, now: int, today: Undecodable | None, *, closed: bool
) -> None:
    """`today` is why it cannot be decoded now; None where it can."""
    facts = Facts(now)
    facts.add("reason", one.reason, one.message, style="red")
    facts.add("at", one.path)
    facts.add("today", "it decodes" if today is None else f"still {today.reason}: {today}")
    facts.add("type", one.type)
    facts.add("key", one.key)
    facts.add("source", one.source)
    facts.time("received", one.received_at)
    facts.add("event id", one.id)
    facts.add("fingerprint", one.fingerprint)
    facts.add("dead letter", one.place)
    for name, value in one.headers:
        facts.add("header", f"{name}: {value}")
    facts.add("what to do", "It was redriven: nothing." if closed else _what_to_do(one))
    facts.print(console, said(f"raw record {one.raw}", "bold"))
    console.print(said(f"  body, {len(one.body):,} bytes", "dim"))
    console.print(Text(readable(one.body, one.content_type)), soft_wrap=True)


def _what_to_do(one: Letter) -> str:
    return f"{WHAT_TO_DO.get(one.reason, '')} {_KEPT}".strip()


def readable(body: bytes, content_type: str) -> str:
    """A body a person can read: JSON indented, a form one parameter a line, else as it is."""
    text = body.decode(errors="replace")
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        if content_type.startswith(FORM):
            pairs = parse_qsl(text, keep_blank_values=True)
            text = "\n".join(f"{name} = {one_line(value)}" for name, value in pairs)
    left = len(text) - MOST_BODY
    return safe(text if left <= 0 else f"{text[:MOST_BODY]}\n… {left:,} characters more: --json")


def group_json(group: Group) -> dict[str, Any]:
    return {
        "fingerprint": group.fingerprint,
        "count": group.count,
        "reason": group.reason,
        "vendor": group.vendor,
        "event": group.event,
        "path": group.path,
        "message": group.message,
        "sources": group.sources,
        "first_seen": _iso(group.first_seen),
        "last_seen": _iso(group.last_seen),
        "example": group.example,
        "conversations": group.conversations,
        "calls": group.calls,
    }


def letter_json(one: Letter) -> dict[str, Any]:
    """All but headers and body."""
    return {
        "raw": one.raw,
        "dead": one.place,
        "id": one.id,
        "type": one.type,
        "key": one.key,
        "source": one.source,
        "received_at": _iso(one.received_at),
        "reason": one.reason,
        "path": one.path,
        "message": one.message,
        "fingerprint": one.fingerprint,
    }


def whole_letter_json(one: Letter, today: Undecodable | None, *, closed: bool) -> dict[str, Any]:
    """`body` is the text of it; what is not UTF-8 in it is replaced."""
    return letter_json(one) | {
        "open": not closed,
        "decodes_today": today is None,
        "headers": dict(one.headers),
        "body": one.body.decode(errors="replace"),
        "what_to_do": _what_to_do(one),
    }


def _touches(group: Group) -> str:
    counts = {"conversation": group.conversations, "call": group.calls}
    return ", ".join(f"{n:,} {kind}{'s' * (n > 1)}" for kind, n in counts.items() if n) or "-"


def _ago(at: int | None, now: int) -> str:
    return "" if at is None else ago(at, now)


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
