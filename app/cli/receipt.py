"""`hookline receipt`: what became of a webhook."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.console import Console

from app.cli.options import AsJson, Bootstrap, Prefix, now, time_of
from app.cli.show.facts import Facts
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.show.texts import said
from app.cli.show.times import ago
from app.cli.wiring import Reading, reading
from app.core.webhook import RawRecord, iso
from app.errors import UserError
from app.read.fate import Became, Fate, Fates, with_id
from app.read.progress import extent
from app.read.row_json import Plain
from app.read.tables import given_key

NOT_FOUND = 1

_WORDS: dict[Fate, tuple[str, str]] = {
    "applied": ("applied to its row", "green"),
    "duplicate": ("a duplicate: counted in its row, changes nothing else", "yellow"),
    "event_only": ("published as an event; such events change no row", "green"),
    "dead_letter": ("a dead letter: it could not be decoded", "red"),
    "redriven": ("was a dead letter, and was redriven", "green"),
    "waiting": ("waiting: the worker has not come to it", "yellow"),
    "not_in_row": ("NOT in its row, although the worker has passed it", "red"),
}


def receipt(
    id: Annotated[str, typer.Argument(metavar="ID", help="Its event id: 32 hex digits.")],
    key: Annotated[str | None, typer.Option(help="Its key: only that partition is read.")] = None,
    since: Annotated[str | None, typer.Option(help="Received since: a time, or 2h.")] = None,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """Find a webhook by the id of its receipt, and say what became of it.

    Equal bodies of one source have one id: each time it was delivered is shown. Kafka has no index
    of ids, so the raw log is read through: give the receipt's key, or a time, to read less of it.
    Exit code 1 where the raw log does not hold it.
    """
    id = id.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{32}", id):
        raise UserError(
            f"{id!r} is no event id: it has 32 hex digits.",
            'It is the "id" of a receipt, and the header ce_id of a record.',
        )
    since_at = time_of("--since", since)
    if key is not None:
        given_key(key)
    with reading(bootstrap, prefix) as to:
        projected = to.projected()
        records = _find(to, id, key, since_at)
        fates = Fates(to.rows, to.catalogue, projected)
        became = fates.of_all(records)
    if as_json:
        print_json({"id": id, "records": [_json(one) for one in became]})
    elif became:
        out = console()
        for one in became:
            _print(out, one)
    else:
        say(f"{to.topics.raw} holds no webhook {id}{_where(key, since)}.")
    if not became:
        raise typer.Exit(NOT_FOUND)


def _find(to: Reading, id: str, key: str | None, since: int | None) -> list[RawRecord]:
    topic = to.topics.raw
    spans = to.log.spans(topic) if since is None else to.log.spans_since(topic, since)
    if key is not None:
        number = to.rows.partition(key)
        spans = {number: spans[number]}
    say(f"Reading {extent(spans.values()):,} records of {topic}: Kafka has no index of ids.")
    with progress_bar(topic) as tell:
        found = list(with_id(to.log, topic, id, spans, tell))
    # A copy behind the one that it stands in for, wherever in the log.
    return sorted(found, key=lambda one: (one.redrive is not None, one.partition, one.offset))


def _where(key: str | None, since: str | None) -> str:
    said_of = [f" in the partition of {key}" if key else "", f" since {since}" if since else ""]
    return "".join(said_of)


def _print(out: Console, one: Became) -> None:
    record = one.record
    words, style = _WORDS[one.fate]
    facts = Facts(now())
    facts.add("what became of it", words, style=style)
    facts.time("received", record.received_at)
    facts.add("type", record.type)
    facts.add("key", record.key)
    facts.add("source", record.source, f"account {record.account}" if record.account else None)
    facts.add("delivery", record.delivery)
    facts.add("redriven as", one.copy)
    facts.add("stands in for", record.redrive)
    if one.row is not None:
        row = one.row.row
        updated = "" if row.updated_at is None else f"last event {ago(row.updated_at, now())}"
        webhooks = f"{row.events} webhook{'s' * (row.events > 1)}"
        facts.add("its row is now", row.phase, updated, webhooks)
    if one.letter is not None:
        facts.add("reason", one.letter.reason, one.letter.message, f"at {one.letter.path}")
        facts.add("fingerprint", one.letter.fingerprint)
    for hint in _next(one):
        facts.add("next", hint)
    facts.print(out, said(f"{record.partition}:{record.offset}", "bold"))


def _next(one: Became) -> list[str]:
    record = one.record
    match one.fate:
        case "dead_letter":
            return [f"hookline dead show {record.partition}:{record.offset}"]
        case "not_in_row":
            return [f"hookline verify {record.key}"]
        case "applied" | "duplicate":
            return [f"hookline state get {record.key}"]
        case _:
            return []


def _json(one: Became) -> dict[str, Plain]:
    record = one.record
    shown: dict[str, Plain] = {
        "partition": record.partition,
        "offset": record.offset,
        "received_at": iso(record.received_at),
        "type": record.type,
        "key": record.key,
        "source": record.source,
        "delivery": record.delivery,
        "redrive": record.redrive,
        "became": one.fate,
        "redriven_as": one.copy,
    }
    if one.letter is not None:
        shown |= {
            "reason": one.letter.reason,
            "path": one.letter.path,
            "message": one.letter.message,
            "fingerprint": one.letter.fingerprint,
        }
    return shown
