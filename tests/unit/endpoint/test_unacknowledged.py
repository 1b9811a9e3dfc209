"""What is answered where Kafka does not take a webhook, and where it is then."""

from __future__ import annotations

import pytest

from app.core.webhook import event_id
from app.endpoint.errors import KafkaAway, KafkaRefused, Overloaded
from app.endpoint.spool.memory import MemorySpool
from tests.unit.endpoint.asgi import Bench, call_ended, signed


@pytest.mark.parametrize("failure", [KafkaAway(), Overloaded()])
async def test_what_kafka_does_not_acknowledge_is_202_and_in_the_spool(failure: Exception) -> None:
    bench = Bench()
    bench.log.failure = failure
    body = call_ended()
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 202
    assert answer.json == {
        "id": event_id("shop", body),
        "type": "varda.call.ended",
        "key": "shop/call/call-1",
        "spooled": True,
    }
    assert [record.body for record in bench.spool.records] == [body]
    assert bench.count("hookline_endpoint_spooled_total", source="shop") == 1
    assert bench.count("hookline_endpoint_stored_total", source="shop") == 0


@pytest.mark.parametrize("silent", [True, False])
async def test_kafka_is_away_once_nothing_is_acknowledged_within_a_budget(silent: bool) -> None:
    bench = Bench()
    bench.log.failure = KafkaAway(silent=silent)
    body = call_ended()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 202
    assert bench.breaker.is_open is silent


async def test_while_kafka_is_known_to_be_away_it_is_not_asked() -> None:
    bench = Bench()
    bench.breaker.trip()
    body = call_ended()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 202
    assert bench.log.records == []
    bench.breaker.close()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 200


async def test_where_the_spool_takes_nothing_kafka_is_asked_each_time() -> None:
    """There would be nothing to try with whether it is back."""
    bench = Bench()
    bench.log.failure = KafkaAway(silent=True)
    bench.spool.broken = True
    body = call_ended()
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 503
    assert not bench.breaker.is_open


@pytest.mark.parametrize(
    ("failure", "broken", "label"),
    [
        (KafkaAway(), True, "spool_broken"),
        (KafkaAway(), False, "spool_full"),
        (KafkaRefused("MSG_SIZE_TOO_LARGE"), False, "kafka_refused"),
    ],
)
async def test_what_neither_can_take_is_503_and_to_be_sent_again(
    failure: Exception, broken: bool, label: str
) -> None:
    bench = Bench(spool=MemorySpool(max_entries=0))
    bench.log.failure = failure
    bench.spool.broken = broken
    body = call_ended()
    answer = await bench.post("/webhooks/shop", body, signed(body))
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json["error"] == label
    assert bench.count("hookline_endpoint_refused_total", source="shop", reason=label) == 1
    bench.log.failure = None
    assert (await bench.post("/webhooks/shop", body, signed(body))).status == 200
