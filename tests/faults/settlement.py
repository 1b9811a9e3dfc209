"""Compares what vendors sent and heard with the raw log: each 2xx is there, and nothing else is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from app.core.undecodable import Reason
from app.core.webhook import Place, RawRecord
from app.kafka.record import Record
from app.read.raw_record import raw_record
from app.simulate.webhook import Webhook
from tests.faults.witness import Obligation, Witness

SHOWN = 5


def settle(log: Iterable[Record], witness: Witness) -> dict[Place, Reason | None]:
    """The reason of the dead letter that must come of each raw record, None where none may.

    Raises AssertionError where a 2xx is not on the log with its exact bytes, where the receipt
    says; or where the log holds what no vendor sent, or what was refused for good.
    """
    found: dict[str, list[RawRecord]] = defaultdict(list)
    foretold: dict[Place, Reason | None] = {}
    wrong: list[str] = []
    for record in log:
        raw = raw_record(record)
        webhook = witness.sent.get(raw.id)
        if webhook is None:
            forged = "a forgery" if raw.id in witness.forged else "of nobody"
            wrong.append(f"{raw.partition}:{raw.offset} is {forged}: {raw.key} {raw.body[:200]!r}")
            continue
        wrong += _differs(raw, webhook)
        if not _may_be_there(witness.heard[raw.id]):
            wrong.append(f"{raw.partition}:{raw.offset} was refused: {witness.heard[raw.id]}")
        found[raw.id].append(raw)
        foretold[raw.partition, raw.offset] = webhook.dead
    for obligation in witness.owed():
        wrong += _unmet(obligation, found.get(obligation.receipt.id, []))
    shown = "\n  ".join(wrong[:SHOWN])
    assert not wrong, f"{len(wrong)} are wrong on the raw log\n  {shown}"
    return foretold


def _may_be_there(answers: set[int | None]) -> bool:
    """Whether a try of it was taken, or may have been: a 503 or silence leaves that open."""
    return any(status is None or status < 400 or status >= 500 for status in answers)


def _differs(raw: RawRecord, webhook: Webhook) -> list[str]:
    is_, must = (
        (raw.source, raw.key, raw.type, raw.content_type, raw.body),
        (
            webhook.source,
            webhook.record_key,
            webhook.record_type,
            webhook.content_type,
            webhook.stored,
        ),
    )
    return [] if is_ == must else [f"{raw.partition}:{raw.offset} is {is_} instead of {must}"]


def _unmet(obligation: Obligation, found: list[RawRecord]) -> list[str]:
    receipt = obligation.receipt
    there = [raw for raw in found if (raw.key, raw.body) == (receipt.key, obligation.body)]
    if not there:
        return [f"{obligation.status} and not on the log: {receipt}"]
    place = receipt.place
    if place is not None and place not in {(raw.partition, raw.offset) for raw in there}:
        return [f"not where its receipt says: {receipt}"]
    if (place is None) != receipt.spooled or receipt.spooled != (obligation.status == 202):
        return [f"{obligation.status} with a receipt that says {receipt}"]
    return []
