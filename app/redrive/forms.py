"""A redrive as JSON: the same from the command line and from the inspector."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from app.core.webhook import iso
from app.read.avro_json import Plain
from app.read.compare import Difference
from app.redrive.choice import Choice
from app.redrive.outcome import Cause, Outcome, Remains, RowChange


def choice_json(choice: Choice) -> dict[str, Any]:
    return {
        "fingerprints": choice.fingerprints,
        "since": None if choice.since_at is None else iso(choice.since_at),
        "until": None if choice.until_at is None else iso(choice.until_at),
        "keys": choice.keys,
    }


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Of a preview, `redriven` are those that would be, and `effects` is what they would do."""
    return {
        "redriven": outcome.redriven,
        "closed_before": outcome.closed_before,
        "remained": outcome.remained,
        "remaining": [_remains_json(one) for one in outcome.remaining],
        "effects": dict(sorted(outcome.effects.items())),
    }


def _remains_json(one: Remains) -> dict[str, Any]:
    return {
        "count": one.count,
        "vendor": one.vendor,
        "event": one.event,
        "was": _cause_json(one.was),
        "today": _cause_json(one.today),
        "changed": one.changed,
        "example": one.example,
    }


def _cause_json(cause: Cause) -> dict[str, Plain]:
    return {
        "reason": cause.reason,
        "path": cause.path,
        "message": cause.message,
        "fingerprint": cause.fingerprint,
    }


def change_json(change: RowChange) -> dict[str, Any]:
    """In `differences`, a side that lacks the field is left out."""
    return {
        "key": change.key,
        "kind": change.table,
        "new": change.before is None,
        "differences": [_difference_json(one) for one in change.differences],
        "letters": change.letters,
    }


def _difference_json(one: Difference) -> dict[str, Plain]:
    sides = {"before": one.left, "after": one.right}
    return {"field": one.field} | {name: side for name, side in sides.items() if side is not UNSET}
