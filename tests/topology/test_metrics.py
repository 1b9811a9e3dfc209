"""Given a batch, then what the worker counts of it."""

from __future__ import annotations

from msgspec.structs import replace

from tests.topology.driver import Driver
from tests.topology.webhooks import RECEIVED_AT, broken, call_started, message, webhook

A_MONTH_AHEAD = "2026-07-01T12:00:00Z"


async def test_records_are_counted_by_what_they_did_and_events_by_their_type() -> None:
    driver = Driver()
    await driver.pipe(message(1), message(2), message(2), call_started())
    counted = driver.counted
    assert counted("records_total", vendor="varda", effect="applied") == 3
    assert counted("records_total", vendor="varda", effect="duplicate") == 1
    assert counted("events_total", vendor="varda", event="message.created") == 3
    assert counted("events_total", vendor="varda", event="call.started") == 1


async def test_what_is_applied_out_of_order_is_late_once() -> None:
    driver = Driver()
    await driver.pipe(message(2), message(1), message(1), message(3), message(4, conversation=8))
    assert driver.counted("late_total", vendor="varda") == 1
    assert driver.counted("records_total", vendor="varda", effect="applied") == 4


async def test_unknown_fields_and_broken_clocks_are_counted_only_where_they_are() -> None:
    driver = Driver()
    body = {"event": "message.created", "timestamp": A_MONTH_AHEAD}
    data = {"id": 1, "conversation_id": 3107, "direction": "inbound", "created_at": A_MONTH_AHEAD}
    ahead = webhook(body | {"data": data}, RECEIVED_AT)
    await driver.pipe(message(1), message(2, news="x"), ahead)
    assert driver.counted("drift_total", vendor="varda", event="message.created") == 1
    assert driver.counted("broken_clocks_total", vendor="varda") == 1


async def test_dead_letters_are_counted_by_reason() -> None:
    driver = Driver()
    await driver.pipe(message(1), broken(), broken(2))
    assert driver.counted("dead_letters_total", vendor="varda", reason="schema_mismatch") == 2
    assert driver.counted("records_total", vendor="varda", effect="applied") == 1


async def test_what_stands_in_for_dead_letters_is_counted_where_it_decodes() -> None:
    driver = Driver()
    copies = [replace(one, redrive="0:7") for one in (message(1), message(2), broken())]
    await driver.pipe(*copies, message(3))
    assert driver.counted("redriven_total", vendor="varda") == 2
    assert driver.counted("records_total", vendor="varda", effect="applied") == 3
