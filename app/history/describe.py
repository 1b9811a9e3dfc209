"""A webhook as a moment of its row's history."""

from __future__ import annotations

from app.core.catalogue import Decoded
from app.core.projection import Projected, internal
from app.core.undecodable import Undecodable, fingerprint
from app.core.webhook import RawRecord
from app.history.badges import badges
from app.history.course import Step
from app.history.difference import difference
from app.history.moment import Change, Moment, Why
from app.history.rules import Rules
from app.history.webhooks import Webhooks


def describe(record: RawRecord, webhooks: Webhooks, step: Step | None, rules: Rules) -> Moment:
    """`step` is what the row made of it: None where the row does not take it, and where what the
    row was is not known.
    """
    decoded = _decode(record, rules) if step is None else _decoded(step.projected)
    known = decoded if isinstance(decoded, Decoded) else None
    facts = None if known is None else known.facts
    worn = badges(record, webhooks, decoded, step)
    return Moment(
        partition=record.partition,
        offset=record.offset,
        id=record.id,
        type=record.type,
        received_at=record.received_at,
        event_at=None if facts is None else facts.at,
        badges=worn,
        changes=_changes(record, webhooks, step, rules),
        schema_version=None if known is None else rules.events.version(known),
        why=_why(record, webhooks, decoded) if "dead_letter" in worn else None,
        redriven_as=webhooks.redriven.get(record.offset),
        stands_in_for=record.redrive,
        delivery=record.delivery,
        event=None if known is None else rules.events.of(known),
        headers=record.headers(),
        content_type=record.content_type,
        body=record.body,
    )


def _decode(record: RawRecord, rules: Rules) -> Decoded | Undecodable:
    try:
        return rules.catalogue.decode(record)
    except Undecodable as error:
        return error
    except Exception as error:  # noqa: BLE001 - as in the worker: it would be a dead letter
        return internal(error)


def _decoded(projected: Projected) -> Decoded | Undecodable:
    if projected.decoded is not None:
        return projected.decoded
    assert projected.error is not None, "what is not decoded has an error"
    return projected.error


def _changes(
    record: RawRecord, webhooks: Webhooks, step: Step | None, rules: Rules
) -> list[Change] | None:
    """None where the row takes it, and what the row was is not known."""
    if step is None:
        return None if webhooks.standing(record) == "folded" else []
    if step.after is None:
        return []
    return difference(rules.rows, webhooks.table, step.before, step.after)


def _why(record: RawRecord, webhooks: Webhooks, decoded: Decoded | Undecodable) -> Why | None:
    """By its letter where there is one, else by what this program finds wrong with it."""
    if (why := webhooks.letters.get(record.offset)) is not None:
        return why
    if isinstance(decoded, Decoded):
        return None
    return Why(
        reason=decoded.reason,
        path=decoded.path,
        message=str(decoded),
        fingerprint=fingerprint(record.type, decoded),
    )
