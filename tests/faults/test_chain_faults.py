"""One kind of fault at a time, and what a vendor hears of it."""

from __future__ import annotations

from tests.faults.chain import Chain

LOSS, DELAY_S = 0.2, 0.1
SPOOLED = 100


def test_packets_are_dropped_and_late_and_then_none_goes_through(chain: Chain) -> None:
    chain.start()
    chain.until_heard(200)
    chain.wire.worsen(LOSS, DELAY_S)
    chain.until_heard(200, 200)
    assert chain.wire.dropped > 20
    chain.wire.cut()
    chain.until_heard(202, SPOOLED)
    chain.wire.mend()
    chain.until_heard(200)
    chain.conclude()


def test_the_disk_under_the_spool_is_full(chain: Chain) -> None:
    """An endpoint starts on it all the same, and drains what is there: nothing else makes room."""
    chain.start(rate=300)
    chain.pause_broker()
    chain.until_heard(202, SPOOLED)
    chain.spools_disk.fill()
    chain.until_heard(503)
    for number in range(len(chain.endpoints.running)):
        chain.endpoints.kill(number)
    chain.until_heard(503)
    chain.resume_broker()
    chain.endpoints.until(lambda: chain.endpoints.contents().entries == 0)
    chain.until_heard(200)
    chain.spools_disk.free()
    chain.conclude()


def test_the_disk_under_the_broker_is_full(chain: Chain) -> None:
    chain.start()
    chain.until_heard(200)
    chain.brokers_disk.fill()
    chain.crew.until(lambda: chain.broker.child.exit_code() is not None)
    chain.until_heard(202, SPOOLED)
    chain.brokers_disk.free()
    chain.start_broker()
    chain.until_heard(200)
    chain.conclude()


def test_clocks_are_wrong_by_hours(chain: Chain) -> None:
    """Vendors that sign a time are refused meanwhile, for that is what the time is signed for;
    the others are taken.
    """
    chain.start(workers=2)
    chain.until_heard(200)
    for hours in (9.0, -9.0):
        chain.endpoints_clock.set(hours)
        chain.workers_clock.set(-hours)
        chain.until_heard(401)
        chain.until_heard(200)
        chain.crew.kill(chain.crew.workers[0])
        chain.crew.start()
    chain.conclude()


def test_a_clock_that_a_topic_does_not_put_up_with(chain: Chain) -> None:
    """As Kafka's topics by themselves, and those of an older Hookline, which take no record that
    is dated an hour ahead: such webhooks are spooled, and none is set aside.
    """
    chain.limit(chain.topics.raw, message_timestamp_after_max_ms=3_600_000)
    chain.start()
    chain.until_heard(200)
    chain.endpoints_clock.set(3)
    chain.until_heard(202)
    chain.endpoints_clock.set(0)
    chain.until_heard(200)
    chain.conclude()
