"""Given records that stand in for others, or say so: whom their copies stand in for."""

from __future__ import annotations

from app.kafka.record import Headers, Record
from app.replay.copying.outcome import Copied
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, Installation
from tests.unit.replay.copying.twin import Growth

REDRIVE = "hookline_redrive"


class Log:
    """An old raw log of three partitions, written by hand, and what it becomes in another."""

    def __init__(self) -> None:
        self.growth = Growth(Installation(3))
        self._time = 1_000

    def put(self, partition: int, key: bytes | None, redrive: str | None = None) -> str:
        """Returns its place."""
        headers: Headers = [("ce_id", b"1")]
        if redrive is not None:
            headers.append((REDRIVE, redrive.encode()))
        self._time += 1
        return self.put_record(partition, key, headers, self._time)

    def put_record(
        self, partition: int, key: bytes | None, headers: Headers, timestamp_ms: int
    ) -> str:
        old = self.growth.old
        offset = old.log.append(old.topics.raw, partition, key, b"{}", headers, timestamp_ms)
        return f"{partition}:{offset}"

    def copied(self, together: int = 3) -> Copied:
        return self.growth.copy(together=together)

    def of(self, key: bytes | None) -> list[Record]:
        return [one for one in self.growth.raw(self.growth.new) if one.key == key]

    def redrives(self, key: bytes) -> list[str | None]:
        """Whom the records of a key say that they stand in for, in their order."""
        said = [dict(one.headers).get(REDRIVE) for one in self.of(key)]
        return [None if one is None else one.decode() for one in said]


def place(record: Record) -> str:
    return f"{record.partition}:{record.offset}"


def test_one_that_is_read_before_what_it_stands_in_for_waits() -> None:
    """The twin in memory reads one partition after the other."""
    log = Log()
    log.put(0, b"a", redrive=log.put(2, b"z"))
    log.put(0, b"a")
    assert log.copied() == Copied(records=3, redriven=1, foreign=3)
    (original,) = log.of(b"z")
    assert log.redrives(b"a") == [place(original), None]


def test_partitions_that_wait_for_each_other_at_other_times() -> None:
    log = Log()
    first = log.put(1, b"b")
    log.put(0, b"a", redrive=first)
    second = log.put(0, b"a2")
    log.put(1, b"b2", redrive=second)
    log.put(0, b"a3", redrive=log.put(1, b"b3"))
    assert log.copied().without_original == 0
    assert log.redrives(b"a") == [place(log.of(b"b")[0])]
    assert log.redrives(b"b2") == [place(log.of(b"a2")[0])]
    assert log.redrives(b"a3") == [place(log.of(b"b3")[0])]


def test_what_somebody_wrote_who_waits_in_a_circle_stands_in_for_nothing() -> None:
    log = Log()
    log.put(0, b"a", redrive="1:0")
    log.put(1, b"b", redrive="0:0")
    copied = log.copied()
    assert (copied.records, copied.redriven, copied.without_original) == (2, 1, 1)


def test_what_stands_in_for_itself_or_for_nothing_that_is_there() -> None:
    log = Log()
    for redrive in ("0:0", "0:9", "2:9", "9:0", "2:0"):
        log.put(0, b"a", redrive=redrive)
    assert log.copied() == Copied(records=5, without_original=5, foreign=5)
    assert log.redrives(b"a") == [None] * 5


def test_what_is_no_place_is_kept_as_it_is() -> None:
    log = Log()
    log.put(0, b"a", redrive="nowhere")
    assert log.copied() == Copied(records=1, foreign=1)
    assert log.redrives(b"a") == ["nowhere"]


def test_what_it_stood_in_for_has_expired() -> None:
    log = Log()
    died = log.put(1, b"b")
    log.put(1, b"b")
    log.put(0, b"a", redrive=died)
    old = log.growth.old
    old.log.expire(old.topics.raw, 1, first=1)
    assert log.copied() == Copied(records=2, without_original=1, foreign=2)
    assert log.redrives(b"a") == [None]


def test_of_two_that_are_alike_each_is_stood_in_for() -> None:
    """As a spool that was drained twice leaves them."""
    log = Log()
    alike = [log.put_record(1, b"b", [("ce_id", b"1")], 50) for _ in range(3)]
    for one in (alike[2], alike[0]):
        log.put(0, b"a", redrive=one)
    assert log.copied(together=1).redriven == 2
    third, first = log.of(b"b")[2], log.of(b"b")[0]
    assert log.redrives(b"a") == [place(third), place(first)]


def test_originals_that_lie_years_apart() -> None:
    log = Log()
    years = [log.put_record(1, b"b", [("ce_id", b"1")], n * 31_536_000_000) for n in range(1, 4)]
    for one in years:
        log.put_record(0, b"a", [(REDRIVE, one.encode())], 10**12)
    assert log.copied(together=10).redriven == 3
    assert log.redrives(b"a") == [place(one) for one in log.of(b"b")]


class TestWhatNoEndpointWrote:
    def test_is_copied_as_it_is(self) -> None:
        log = Log()
        old = log.growth.old
        headers: Headers = [("none", None), ("twice", b"1"), ("twice", b"2")]  # type: ignore[list-item]
        for key, value in ((None, b"1"), (b"\xff", None), (b"", b""), (None, None)):
            old.log.append(old.topics.raw, 2, key, value, headers, 7)
        assert log.copied() == Copied(records=4, foreign=4)
        new = log.growth.raw(log.growth.new)
        assert {(one.key, one.value) for one in new} == {
            (None, b"1"),
            (b"\xff", None),
            (b"", b""),
            (None, None),
        }
        assert all((one.headers, one.timestamp_ms) == (headers, 7) for one in new)
        assert [one.partition for one in new if one.key is None] == [2, 2]

    def test_that_has_no_time_gets_the_earliest(self) -> None:
        """0 is "now" to a producer."""
        log = Log()
        log.put_record(0, b"a", [], 0)
        log.copied()
        assert log.of(b"a")[0].timestamp_ms == 1


def test_the_headers_of_an_endpoint_stay_in_their_order() -> None:
    log = Log()
    old = log.growth.old
    died = old.receive(varda.call("started", 9, RECEIVED, started_at=RECEIVED))
    call = varda.call("started", 8, RECEIVED, started_at=RECEIVED)
    old.receive(call, redrive=f"{died.partition}:{died.offset}")
    log.copied()
    (copy,) = log.of(b"varda/call/8")
    assert [name for name, _ in copy.headers] == [
        *("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"),
        *("hookline_account", REDRIVE),
    ]
