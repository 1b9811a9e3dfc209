"""Conversations longer than their row: more messages than the fold keeps, more webhooks than the
row's ledger holds. Few examples, each long.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.webhook import RawRecord
from app.simulate.payloads import varda, voxsig
from app.simulate.spelling import MINUTE, SECOND
from app.simulate.webhook import Webhook, compact
from tests.oracle import expected_rows
from tests.property.histories import NOW, PARTITION, in_log_order
from tests.property.seam import Partition, folded_rows
from tests.property.test_folds import assert_same, timeless
from tests.raw_record import raw_record

LENGTH = 420  # webhooks: three ledger segments' worth of moves, a dozen times the messages kept

few = settings(max_examples=8, deadline=None)


def varda_history(chance: Random) -> list[Webhook]:
    """One conversation; some messages are told of twice with other contents and times."""
    webhooks: list[Webhook] = []
    for _ in range(LENGTH):
        at = NOW + chance.randrange(3 * LENGTH) * SECOND
        if chance.random() < 0.1:
            event = chance.choice(("created", "resolved", "closed"))
            body = varda.conversation(event, 7, at)
        else:
            body = varda.message(
                7,
                chance.randrange(LENGTH),
                at,
                direction=chance.choice(("inbound", "outbound")),
                sender=chance.choice((None, None, "bot")),
                text=f"text {chance.randrange(9)}",
            )
        webhooks.append(_webhook("varda", "varda/conversation/7", body["event"], body, at))
    return webhooks


def campaign_history(chance: Random) -> list[Webhook]:
    """Many messages go out before the first answer, each told of once."""
    webhooks: list[Webhook] = []
    for n in range(LENGTH // 4):
        at = NOW + chance.randrange(3 * LENGTH) * SECOND
        body = varda.message(7, n, at, direction="inbound" if n % 30 == 0 else "outbound")
        webhooks.append(_webhook("varda", "varda/conversation/7", body["event"], body, at))
    return webhooks


def voxsig_history(chance: Random) -> list[Webhook]:
    """One conversation; late corrections of old messages, among them of their class."""
    webhooks: list[Webhook] = []
    for _ in range(LENGTH):
        at = NOW + chance.randrange(3 * LENGTH) * SECOND
        id = chance.randrange(LENGTH // 2)
        event = chance.choice(("message_created", "message_created", "message_updated"))
        body = voxsig.message(
            event,
            voxsig.snapshot(7, at),
            id,
            NOW + 5 * id * SECOND,
            type=chance.choice(("incoming", "outgoing", "outgoing", "activity")),
            text=f"text {chance.randrange(9)}",
            private=chance.random() < 0.05,
            updated_at=at if event == "message_updated" else None,
        )
        webhooks.append(_webhook("voxsig", "voxsig/conversation/1-7", event, body, at))
        if chance.random() < 0.1:
            snapshot = voxsig.snapshot(7, at, status=chance.choice(("open", "resolved")))
            body = voxsig.conversation("conversation_status_changed", snapshot)
            webhooks.append(_webhook("voxsig", "voxsig/conversation/1-7", body["event"], body, at))
    return webhooks


def _webhook(vendor: str, key: str, type: str, body: dict[str, object], at: int) -> Webhook:
    stored = compact(body)
    return Webhook(source=vendor, vendor=vendor, stored=stored, at=at, key=key, type=type)


def log_of(webhooks: list[Webhook], chance: Random) -> list[RawRecord]:
    """In any order, one in ten twice."""
    webhooks = webhooks + [one for one in webhooks if chance.random() < 0.1]
    chance.shuffle(webhooks)
    records = [raw_record(one, one.at + MINUTE, partition=PARTITION) for one in webhooks]
    return in_log_order(records)


every_history = pytest.mark.parametrize(
    "history", [varda_history, campaign_history, voxsig_history]
)


@every_history
@few
@given(seed=st.integers(0, 2**32))
def test_a_long_conversation_is_the_oracles_in_every_order(history, seed: int) -> None:
    chance = Random(seed)
    webhooks = history(chance)
    log = log_of(webhooks, chance)
    rows = folded_rows(log)
    assert_same(rows, expected_rows(log))
    assert_same(timeless(folded_rows(log_of(webhooks, chance))), timeless(rows))


@every_history
@few
@given(seed=st.integers(0, 2**32))
def test_a_long_conversation_outlives_crashes(history, seed: int) -> None:
    chance = Random(seed)
    log = log_of(history(chance), chance)
    partition, committed = Partition(), 0
    while committed < len(log):
        end = min(len(log), committed + chance.randrange(1, 150))
        partition.project(log[committed:end])
        fate = chance.random()
        if fate < 0.3:
            partition.write_segments()
            partition.crash()
        elif fate < 0.6:
            partition.write()
            partition.crash()
        else:
            partition.write()
            committed = end
    assert_same(partition.rows(), folded_rows(log))
