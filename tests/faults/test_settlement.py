"""The judge of the raw log sees what is missing, altered, misplaced, forged, or was refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.core.webhook import RawRecord
from app.kafka.record import Record
from app.simulate.connection import Response
from app.simulate.webhook import Webhook
from tests.faults.settlement import settle
from tests.faults.witness import Witness


def webhook(number: int) -> Webhook:
    body = b'{"event":"call.ended","data":{"id":"%d"}}' % number
    return Webhook(
        source="shop",
        vendor="varda",
        stored=body,
        at=0,
        key=f"shop/call/{number}",
        type="call.ended",
    )


SENT = webhook(1)


def on_the_log(sent: Webhook, offset: int = 0, body: bytes | None = None) -> Record:
    raw = RawRecord(
        partition=0,
        offset=offset,
        key=sent.record_key,
        body=sent.stored if body is None else body,
        id=sent.id,
        source=sent.source,
        type=sent.record_type,
        received_at=0,
    )
    return Record("webhooks.raw", 0, offset, raw.key.encode(), raw.body, raw.headers(), 0)


def answer(status: int, sent: Webhook, **receipt: object) -> Response:
    said = {"id": sent.id, "type": sent.record_type, "key": sent.record_key, **receipt}
    return Response(status=status, body=msgspec.json.encode(said))


def stored(sent: Webhook, offset: int = 0) -> Response:
    return answer(200, sent, topic="webhooks.raw", partition=0, offset=offset)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    witness = Witness(tmp_path / "obligations.jsonl")
    yield witness
    witness.close()


def test_all_is_well(witness: Witness) -> None:
    spooled, dead = webhook(2), msgspec.structs.replace(webhook(3), dead="no_key")
    witness.hear(SENT, stored(SENT))
    witness.hear(spooled, answer(202, spooled, spooled=True))
    witness.hear(dead, TimeoutError())
    log = [on_the_log(SENT), on_the_log(spooled, 1), on_the_log(spooled, 2), on_the_log(dead, 3)]
    assert settle(log, witness) == {(0, 0): None, (0, 1): None, (0, 2): None, (0, 3): "no_key"}


def test_a_2xx_that_is_nowhere(witness: Witness) -> None:
    witness.hear(SENT, answer(202, SENT, spooled=True))
    with pytest.raises(AssertionError, match="202 and not on the log"):
        settle([], witness)


def test_a_byte_that_is_another(witness: Witness) -> None:
    witness.hear(SENT, stored(SENT))
    with pytest.raises(AssertionError, match="instead of"):
        settle([on_the_log(SENT, body=SENT.stored.replace(b"ended", b"endes"))], witness)


def test_a_receipt_that_names_another_place(witness: Witness) -> None:
    witness.hear(SENT, stored(SENT, offset=7))
    with pytest.raises(AssertionError, match="not where its receipt says"):
        settle([on_the_log(SENT)], witness)


def test_a_202_that_says_it_is_on_the_log(witness: Witness) -> None:
    witness.hear(SENT, answer(202, SENT, topic="webhooks.raw", partition=0, offset=0))
    with pytest.raises(AssertionError, match="202 with a receipt that says"):
        settle([on_the_log(SENT)], witness)


def test_what_nobody_sent(witness: Witness) -> None:
    with pytest.raises(AssertionError, match="of nobody"):
        settle([on_the_log(SENT)], witness)


def test_a_forgery_that_was_stored(witness: Witness) -> None:
    witness.hear_of_a_forgery(SENT, Response(status=401, body=b""))
    with pytest.raises(AssertionError, match="a forgery"):
        settle([on_the_log(SENT)], witness)


def test_a_forgery_that_was_answered_with_a_receipt(witness: Witness) -> None:
    with pytest.raises(AssertionError):
        witness.hear_of_a_forgery(SENT, stored(SENT))


def test_what_was_refused_and_stored(witness: Witness) -> None:
    witness.hear(SENT, Response(status=401, body=b""))
    with pytest.raises(AssertionError, match="was refused"):
        settle([on_the_log(SENT)], witness)
