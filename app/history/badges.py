"""What is to be known of a webhook at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.core.catalogue import Decoded
from app.core.row import has_broken_clock
from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.history.course import Step
from app.history.moment import Badge
from app.history.webhooks import Webhooks
from app.read.avro_json import Plain


def badges(
    record: RawRecord, webhooks: Webhooks, decoded: Decoded | Undecodable, step: Step | None
) -> list[Badge]:
    """`step` is what the row made of it, None where it does not take it or that is not known."""
    return [*_became(record, webhooks, decoded, step), *_beside(record, webhooks, decoded)]


def _became(
    record: RawRecord, webhooks: Webhooks, decoded: Decoded | Undecodable, step: Step | None
) -> Iterator[Badge]:
    match webhooks.standing(record):
        case "waiting":
            yield "waiting"
        case "dead_letter":
            yield "dead_letter"
        case _ if isinstance(decoded, Undecodable):
            yield "dead_letter"
        case _ if decoded.facts is None:
            yield "event_only"
        case "unnamed":
            yield "not_in_row"
        case "folded":
            yield from _by_ledger(record, webhooks) if step is None else _by_step(step)


def _by_step(step: Step) -> Iterator[Badge]:
    if _count(step.after, "duplicates") != _count(step.before, "duplicates"):
        yield "duplicate"
    if _count(step.after, "late") != _count(step.before, "late"):
        yield "late"


def _count(row: Mapping[str, Plain] | None, name: str) -> Plain:
    return 0 if row is None else row[name]


def _by_ledger(record: RawRecord, webhooks: Webhooks) -> Iterator[Badge]:
    """Where the rows before and after it are not known."""
    named = webhooks.named or {}
    entry, stands_in_for = named.get(record.offset), record.stands_in_for
    if entry is None:
        return
    if not entry.duplicate:
        if record.offset in webhooks.late:
            yield "late"
    elif stands_in_for is None or stands_in_for[1] not in named:
        yield "duplicate"


def _beside(
    record: RawRecord, webhooks: Webhooks, decoded: Decoded | Undecodable
) -> Iterator[Badge]:
    facts = decoded.facts if isinstance(decoded, Decoded) else None
    if facts is not None and has_broken_clock(record, facts):
        yield "broken_clock"
    if record.offset in webhooks.redriven:
        yield "redriven"
    if record.redrive is not None:
        yield "stands_in"
