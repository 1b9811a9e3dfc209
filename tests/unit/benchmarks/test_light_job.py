"""The light form of the job is a fair one: it takes what Hookline takes, and knows duplicates."""

from __future__ import annotations

from collections import Counter

from tests.benchmarks.light.job import Job
from tests.benchmarks.light.rows import Row
from tests.benchmarks.traffic import busy, traffic
from tests.topology.driver import catalogue

COUNT = 3_000


def projected() -> tuple[Job, dict[str, Row], list[str]]:
    """Rows by key, and the ids of the records that an event was written for."""
    job, rows, events = Job(), dict[str, Row](), list[str]()
    for offset, record in enumerate(traffic("varda")(COUNT)):
        taken = job.take(rows.get(record.key), record.headers(), record.body, offset)
        if taken is not None:
            rows[record.key] = taken.row
            if taken.event is not None:
                events.append(record.id)
    return job, rows, events


def test_it_writes_an_event_for_what_hookline_decodes_and_none_for_a_duplicate() -> None:
    ids: set[str] = set()
    for record in traffic("varda")(COUNT):
        try:
            catalogue().decode(record)
        except Exception:  # noqa: BLE001
            continue
        ids.add(record.id)
    _, rows, events = projected()
    assert len(set(events)) == len(events)
    assert set(events) <= ids
    assert len(events) > 0.99 * len(ids)  # it knows no lenient types
    assert sum(row["duplicates"] for row in rows.values()) > 0


def test_its_rows_are_avro() -> None:
    job, rows, _ = projected()
    for row in rows.values():
        assert job.loads(job.dumps(row))["seen"] == row["seen"]


def test_a_busy_centre_has_keys_of_some_length_and_many_of_them_open() -> None:
    def keys_in_a_row(at_once: int) -> int:
        return len({record.key for record in list(busy("varda", at_once)(2_000))[:500]})

    assert keys_in_a_row(2_048) > 1.5 * keys_in_a_row(64)
    log = [record.key for record in busy("varda", 64, least=6)(4_000)]
    counted = Counter(log)
    begun_early = set(log[:2_000])
    assert min(counted[key] for key in begun_early) >= 6
