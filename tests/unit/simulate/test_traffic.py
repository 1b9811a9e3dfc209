"""A run: what is sent, in which order, how often."""

from __future__ import annotations

from collections import Counter

import pytest

from app.core.vendors.contract import Source
from app.simulate.traffic import Traffic
from tests.unit.simulate.centre import NOW, OLD_CALLS, SOURCES, deliveries

HOUR = 3_600_000_000


def bodies(count: int, **given: int) -> list[bytes]:
    return [delivery.webhook.stored for delivery in deliveries(count, **given)[1]]


@pytest.mark.parametrize("count", [1, 2, 10, 333, 1_000])
def test_a_run_is_as_long_as_asked_for(count: int) -> None:
    assert len(bodies(count)) == count


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.vendor)
def test_a_run_of_one_vendor_is_as_long_as_asked_for(source: Source) -> None:
    assert len(deliveries(150, sources=(source,))[1]) == 150


def test_the_same_seed_and_time_give_the_same_run() -> None:
    assert bodies(500) == bodies(500)
    assert bodies(500) != bodies(500, seed=8)


def test_a_later_run_of_the_same_seed_meets_new_conversations() -> None:
    first, _ = deliveries(500)
    second, _ = deliveries(500, now=NOW + 1_000_000)
    assert not {row.key for row in first.rows} & {row.key for row in second.rows}
    assert [row.phase for row in first.rows] == [row.phase for row in second.rows]


def test_every_kind_of_event_and_of_dead_letter_is_in_a_run_of_a_thousand() -> None:
    _, sent = deliveries(1_000)
    types = {delivery.webhook.record_type for delivery in sent}
    assert {
        "voiso.message.received",
        "voiso.message.sent",
        "voiso.conversation.ended",
        "voiso.inbound.call.hangup",
        "voiso.user",
        "varda.conversation.closed",
        "varda.call.outcome_tagged",
        "varda.contact.created",
        "convocore.chat_delegated",
        "convocore.form_submitted",
        "convocore.lead_captured",
        "convocore.client_created",
        "convocore.webhook_test",
        "voxsig.conversation_status_changed",
        "voxsig.conversation_opened",
        "voxsig.automation_event.message_created",
        "voxsig.macro.executed",
        "voxsig.message_updated",
        "voxsig.contact_created",
        "voxsig.inbox_updated",
    } <= types
    dead = {delivery.webhook.dead for delivery in sent}
    assert dead == {
        None, "not_json", "not_an_object", "unknown_event", "no_key", "schema_mismatch"
    }  # fmt: skip


def test_bodies_without_a_secret_go_only_to_a_source_that_does_not_verify() -> None:
    bare = {"voiso.call.record", "voiso.webhook_failure"}
    _, sent = deliveries(2_000)
    assert not bare & {one.webhook.record_type for one in sent}
    _, sent = deliveries(2_000, sources=(*SOURCES, OLD_CALLS))
    assert bare <= {one.webhook.record_type for one in sent if one.webhook.source == "old-calls"}


def test_some_bodies_go_twice_and_are_known_as_the_same_event() -> None:
    _, sent = deliveries(2_000)
    by_id = Counter(delivery.webhook.id for delivery in sent)
    again = sum(delivery.again for delivery in sent)
    assert again == sum(times - 1 for times in by_id.values())
    assert 20 < again < 200
    assert all(delivery.twice == (by_id[delivery.webhook.id] > 1) for delivery in sent)


def test_order_of_sending_is_not_the_order_of_events() -> None:
    _, sent = deliveries(2_000)
    latest: dict[str, int] = {}
    late = 0
    for delivery in sent:
        webhook = delivery.webhook
        if webhook.key is not None:
            late += webhook.at < latest.get(webhook.key, 0)
            latest[webhook.key] = max(webhook.at, latest.get(webhook.key, 0))
    assert late > 50


def test_stories_begin_in_the_past_hour_and_end_before_now_but_for_the_broken_clocks() -> None:
    _, sent = deliveries(5_000)
    times = [delivery.webhook.at for delivery in sent]
    assert min(times) >= NOW - HOUR
    ahead = [at for at in times if at > NOW + HOUR]
    assert 0 < len(ahead) < 50
    assert set(ahead) == {NOW + 30 * HOUR}


def test_stopping_ends_the_stories_that_have_begun_and_begins_no_other() -> None:
    taken: list[object] = []
    traffic = Traffic(SOURCES, 7, NOW)
    for delivery in traffic.deliveries(None, stop=lambda: len(taken) > 300):
        taken.append(delivery)
    assert 300 < len(taken) < 1_500
    assert sum(row.events + row.sent_again for row in traffic.rows) <= len(taken)
