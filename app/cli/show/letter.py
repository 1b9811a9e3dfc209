"""One dead letter for a person: what is wrong, where, what to do, and the letter itself."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from rich.console import Console
from rich.text import Text

from app.cli.show.facts import Facts
from app.cli.show.texts import encodable, one_line, safe, said
from app.core.undecodable import Undecodable
from app.core.webhook import FORM
from app.read.advice import Redrive, what_to_do
from app.read.dead_letters import Letter
from app.read.letter_json import whole_letter_json

MOST_BODY = 20_000  # characters shown of a body


def print_letter(console: Console, one: Letter, now: int, today: Undecodable | None) -> None:
    """`today` is why it cannot be decoded now; None where it can."""
    facts = Facts(now)
    facts.add("reason", one.reason, one.message, style="red")
    facts.add("at", one.path)
    facts.add("today", _decodes(one, today), style="green" if today is None else "")
    facts.add("type", one.type)
    facts.add("key", one.key)
    facts.add("source", one.source)
    facts.time("received", one.received_at)
    facts.add("event id", one.id)
    facts.add("fingerprint", one.fingerprint)
    facts.add("dead letter", one.place)
    facts.add("redriven as", one.copy)
    facts.add("what to do", _what_to_do(one, today))
    facts.print(console, said(f"raw record {one.raw}", "bold"))
    console.print(said(f"  body, {len(one.body):,} bytes", "dim"))
    console.print(Text(readable(one.body, one.content_type)), soft_wrap=True)
    headers = Facts(now)
    for name, value in one.headers:
        headers.add(name, value)
    headers.print(console, said("  headers", "dim"))


def _decodes(one: Letter, today: Undecodable | None) -> str:
    if today is None:
        return "it decodes"
    still = "still " if (today.reason, today.path) == (one.reason, one.path) else ""
    at = "" if still else f" at {today.path}"
    return f"{still}{today.reason}{at}: {today}"


def _what_to_do(one: Letter, today: Undecodable | None) -> str:
    command = f"`hookline dead redrive --fingerprint {one.fingerprint}`"
    redrive = Redrive(command, "With --dry-run, that shows")
    return what_to_do(one, redrive, mended=today is None)


def readable(body: bytes, content_type: str) -> str:
    """A body a person can read: JSON indented, a form one parameter a line, else as it is."""
    text = body.decode(errors="replace")
    try:
        text = encodable(json.dumps(json.loads(body), indent=2, ensure_ascii=False))
    except ValueError:
        if content_type.startswith(FORM):
            pairs = parse_qsl(text, keep_blank_values=True)
            text = "\n".join(f"{name} = {one_line(value)}" for name, value in pairs)
    left = len(text) - MOST_BODY
    return safe(text if left <= 0 else f"{text[:MOST_BODY]}\n… {left:,} characters more: --json")


def shown_letter_json(one: Letter, today: Undecodable | None) -> dict[str, Any]:
    return whole_letter_json(one) | {
        "decodes_today": today is None,
        "what_to_do": _what_to_do(one, today),
    }
