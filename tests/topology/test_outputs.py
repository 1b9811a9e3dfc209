"""Given a webhook, then its event, its row, or its dead letter, each where it belongs."""

from __future__ import annotations

import io
from typing import Any

import fastavro

from app.avro.fastavro_schema import fastavro_schema
from app.avro.wire import unframe
from app.core.conversation import Conversation
from app.core.projection import TOGETHER
from app.core.webhook import RawRecord
from app.kafka.partition import partition_of
from tests.topology.driver import PARTITIONS, Driver, headers_of, schemas
from tests.topology.webhooks import (
    CALL,
    CONVERSATION,
    RECEIVED_AT,
    broken,
    call_started,
    message,
    record,
)


def decoded(value: bytes | None) -> tuple[str, dict[str, Any]]:
    """The event's schema by the id that it carries, and the event, read by fastavro alone."""
    assert value is not None
    id, body = unframe(value)
    repository, lock = schemas()
    name = lock.by_id[id].name  # pyright: ignore[reportArgumentType]
    schema = fastavro_schema(repository[name].schema)
    return str(name), fastavro.schemaless_reader(io.BytesIO(body), schema, None)  # type: ignore


async def test_a_webhook_becomes_an_event_of_its_vendor() -> None:
    driver, sent = Driver(), message(1, "Hello")
    await driver.pipe(sent)
    [(partition, event)] = driver.events("varda")
    assert partition == partition_of(CONVERSATION, PARTITIONS)
    assert event.key == CONVERSATION.encode()
    name, fields = decoded(event.value)
    assert name.startswith("varda/message_created/")
    assert fields["data"]["content"] == "Hello"
    assert driver.dead() == []


async def test_a_batch_of_many_pieces_gives_each_event_once_in_order_and_a_row_once() -> None:
    driver, count = Driver(), 2 * TOGETHER + 1
    await driver.pipe(*map(message, range(count)))
    places = [headers_of(event)["hookline_raw"] for _, event in driver.events("varda")]
    partition = partition_of(CONVERSATION, PARTITIONS)
    assert places == [b"%d:%d" % (partition, offset) for offset in range(count)]
    assert len(driver.out(driver.names.state_conversations)) == 1
    row = driver.changelog_row("conversation", CONVERSATION)
    assert isinstance(row, Conversation)
    assert (row.events, row.messages.inbound, row.offset) == (count, count, count - 1)


async def test_an_event_carries_its_identity_and_the_place_of_its_raw_record() -> None:
    driver, first, second = Driver(), message(1), message(2)
    await driver.pipe(first, second)
    (partition, _), (_, event) = driver.events("varda")
    assert headers_of(event) == {
        "ce_id": second.id.encode(),
        "ce_type": b"varda.message.created",
        "ce_time": b"2026-06-01T12:00:00.000000Z",
        "hookline_raw": b"%d:1" % partition,
    }
    assert event.timestamp == RECEIVED_AT // 1000


async def test_an_event_carries_the_same_whatever_the_order_of_the_raw_record_s_headers() -> None:
    driver, sent = Driver(), message(1)
    turned = [*reversed(sent.headers()), ("more", b"1")]
    driver.write_foreign(0, sent.key.encode(), sent.body, turned, RECEIVED_AT)
    await driver.run()
    [(_, event)] = driver.events("varda")
    assert headers_of(event) == {
        "ce_id": sent.id.encode(),
        "ce_type": b"varda.message.created",
        "ce_time": b"2026-06-01T12:00:00.000000Z",
        "hookline_raw": b"0:0",
    }


async def test_a_webhook_becomes_a_row_under_the_raw_record_s_key() -> None:
    driver = Driver()
    await driver.pipe(message(1, "Hello"), message(2, "Are you there?"))
    row = driver.changelog_row("conversation", CONVERSATION)
    assert isinstance(row, Conversation)
    assert (row.conversation_id, row.account_id, row.events) == ("3107", "77", 2)
    assert row.messages.inbound == 2
    assert row.last_message is not None
    assert row.last_message.text == "Are you there?"
    assert (row.partition, row.offset) == (partition_of(CONVERSATION, PARTITIONS), 1)


async def test_a_batch_writes_a_row_once() -> None:
    driver = Driver()
    await driver.pipe(*(message(n) for n in range(10)))
    assert len(driver.out(driver.names.state_conversations)) == 1
    await driver.pipe_singly(*(message(n) for n in range(10, 13)))
    assert len(driver.out(driver.names.state_conversations)) == 4


async def test_each_kind_of_row_has_its_table() -> None:
    driver = Driver()
    await driver.pipe(message(1), call_started())
    assert set(driver.store("conversations")) == {CONVERSATION.encode()}
    assert set(driver.store("calls")) == {CALL.encode()}
    assert driver.store("contacts") == {}
    assert driver.changelog_row("call", CALL) is not None


async def test_the_same_webhook_again_is_a_duplicate_and_no_second_event() -> None:
    driver = Driver()
    await driver.pipe_singly(message(1), message(1))
    row = driver.changelog_row("conversation", CONVERSATION)
    assert row is not None
    assert (row.events, row.duplicates) == (1, 1)
    assert len(driver.events("varda")) == 1
    assert driver.counted("records_total", vendor="varda", effect="duplicate") == 1


async def test_an_unknown_field_is_kept_and_counted() -> None:
    driver = Driver()
    await driver.pipe(message(1, mood="good"))
    [(_, event)] = driver.events("varda")
    assert decoded(event.value)[1]["extra"] == {"data.mood": '"good"'}
    assert driver.counted("drift_total", vendor="varda", event="message.created") == 1


async def test_a_body_that_cannot_be_decoded_becomes_a_dead_letter() -> None:
    driver, bad = Driver(), broken()
    await driver.pipe(message(1), bad, message(3))
    [(partition, letter)] = driver.dead()
    assert partition == partition_of(CONVERSATION, PARTITIONS)
    assert (letter.key, letter.value) == (CONVERSATION.encode(), bad.body)
    headers = headers_of(letter)
    assert headers["hookline_reason"] == b"schema_mismatch"
    assert headers["hookline_raw"] == b"%d:1" % partition
    assert headers["__connect.errors.topic"] == driver.names.raw.encode()
    assert b"$.data.sender_type" in headers["__connect.errors.exception.message"]
    assert {name: headers[name] for name, _ in bad.headers()} == dict(bad.headers())
    assert letter.timestamp == RECEIVED_AT // 1000


async def test_a_bad_record_stops_nothing() -> None:
    driver = Driver()
    await driver.pipe(message(1), broken(), message(3))
    row = driver.changelog_row("conversation", CONVERSATION)
    assert row is not None
    assert (row.events, row.offset) == (2, 2)
    assert len(driver.events("varda")) == 2
    assert driver.counted("dead_letters_total", vendor="varda", reason="schema_mismatch") == 1


async def test_what_the_endpoint_could_not_identify_says_why() -> None:
    driver = Driver()
    unknown = record(b"{broken", "shop/unknown/1", "unknown")
    await driver.pipe(unknown)
    [(_, letter)] = driver.dead()
    assert headers_of(letter)["hookline_reason"] == b"not_json"


async def test_a_record_that_no_endpoint_wrote_becomes_a_dead_letter() -> None:
    driver = Driver()
    good = message(1)
    odd: list[tuple[bytes | None, bytes | None, Any]] = [
        (b"k", b"v", []),
        (None, b"v", good.headers()),
        (b"k", None, good.headers()),
        (b"\xff", b"v", good.headers()),
        (b"k", b"v", [*good.headers(), ("ce_time", b"yesterday")]),
        (b"k", b"v", [("ce_type", None), *good.headers()[:3]]),
    ]
    for key, value, headers in odd:
        driver.write_foreign(0, key, value, headers)
    await driver.run()
    letters = [letter for _, letter in driver.dead()]
    assert [(letter.key, letter.value) for letter in letters] == [(k, v) for k, v, _ in odd]
    reasons = {headers_of(letter)["hookline_reason"] for letter in letters}
    assert reasons == {b"unknown_event"}
    assert driver.counted("dead_letters_total", vendor="", reason="unknown_event") == len(odd)


async def test_a_key_that_is_not_of_our_form_becomes_a_dead_letter() -> None:
    driver, sent = Driver(), message(1)
    driver.write_foreign(0, b"key", sent.body, sent.headers())
    await driver.run()
    assert len(driver.dead()) == 1


async def test_everything_of_a_raw_record_goes_to_its_partition() -> None:
    driver = Driver()
    sent: list[RawRecord] = [message(n, conversation=n) for n in range(40)]
    await driver.pipe(*sent, *(broken(n) for n in range(3)))
    for topic in (*driver.names.state, driver.names.events("varda"), driver.names.dead):
        for partition, found in driver.out(topic):
            assert partition == partition_of(found.key or b"", PARTITIONS), topic
    assert len({partition for partition, _ in driver.events("varda")}) == PARTITIONS
