"""Compares what the topics hold with the truth."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from app.core.undecodable import Reason
from app.errors import UserError
from app.kafka.topics import Topics
from tests.faults.held import Held
from tests.faults.truth import Place, Truth
from tests.oracle import expected_rows
from tests.projected import projected
from tests.property.seam import public
from tests.unit.read.installation import codecs

SAMPLE = 0.05  # of the keys, for the oracle: it is slow
SHOWN = 5
PATIENCE_S = 60
MARKED_S = 10
"""Kafka may show the offsets of a transaction a moment before its outputs; where it is killed in
that moment, it shows these when it is back.
"""
POLL_S = 0.1


class Proof:
    """`exactly_once` where a worker's outputs and its offsets are one transaction."""

    def __init__(
        self, bootstrap: str, topics: Topics, partitions: int, *, exactly_once: bool
    ) -> None:
        self._bootstrap, self._topics, self._partitions = bootstrap, topics, partitions
        self._exactly_once = exactly_once
        self.truth = Truth(partitions, SAMPLE)
        self.held = Held(bootstrap, topics)
        self._checked: dict[int, int] = {}

    def committed(self) -> dict[int, int]:
        """Also of a broker that has yet to come to itself."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._ask()
            except UserError:
                if time.monotonic() > deadline:
                    raise

    def _ask(self) -> dict[int, int]:
        return projected(self._bootstrap, self._topics, self._partitions)

    def nothing_is_committed_ahead(self) -> int:
        """Every raw record before a committed offset has its outputs. How many those are."""
        committed = self.committed()  # first: outputs may only grow meanwhile
        deadline = time.monotonic() + (MARKED_S if self._exactly_once else 0)
        while missing := self._missing(committed):
            ahead = f"committed ahead of what is sent: {committed}"
            assert time.monotonic() < deadline, _told(missing, ahead)
            time.sleep(POLL_S)
        self._checked = committed
        return sum(committed.values())

    def _missing(self, committed: Mapping[int, int]) -> list[str]:
        self.held.read_raw(self.truth)
        self.held.read_outputs()
        return self._outputs_missing(committed) or self._rows_missing(committed)

    def _outputs_missing(self, committed: Mapping[int, int]) -> list[str]:
        missing: list[str] = []
        for number, end in committed.items():
            for offset in range(self._checked.get(number, 0), end):
                place = number, offset
                if place in self.truth.dead:
                    if place not in self.held.dead:
                        missing.append(f"{place} has no dead letter")
                elif self.truth.events[place].id not in self.held.ids:
                    missing.append(f"{place} has no event")
        return missing

    def _rows_missing(self, committed: Mapping[int, int]) -> list[str]:
        missing: list[str] = []
        for table, key, offset in self.truth.last_before(committed):
            value = self.held.rows.get((table, key.encode()))
            at = -1 if value is None else codecs()[table].loads(value).offset
            if at < offset:
                missing.append(f"{key} is at {at}, not {offset}")
        return missing

    def everything_is_right(self, foretold: Mapping[Place, Reason | None]) -> None:
        """To be asked when all is committed. `foretold` is what was produced, and the reason of
        the dead letter of each.
        """
        self.held.read_raw(self.truth)
        self.held.read_outputs()
        assert set(self.truth.places) == foretold.keys(), "the raw log is not what was produced"
        self._dead_letters(foretold)
        self._events()
        self._rows()
        self._oracle()

    def _dead_letters(self, foretold: Mapping[Place, Reason | None]) -> None:
        expected = {place: reason for place, reason in foretold.items() if reason is not None}
        letters = {place: {(why, self.truth.bodies[place])} for place, why in expected.items()}
        found = {place: set(each) for place, each in self.held.dead.items()}
        _same(found, letters, "dead letters")
        if self._exactly_once:
            times = {place: each.total() for place, each in self.held.dead.items()}
            _same(times, dict.fromkeys(expected, 1), "how often there is a dead letter")

    def _events(self) -> None:
        """A body that came again has an event again only where its row did not yet know it."""
        told = self.truth.events
        wrong = [
            f"{place} is {list(found)} instead of {told[place][:3]}"
            for place, found in self.held.events.items()
            if list(found) != [told[place][:3]]
        ]
        _none(wrong, "events are not what their raw records say")
        _same(self.held.ids.keys(), {each.id for each in told.values()}, "ids of events")
        if self._exactly_once:
            times = {place: each.total() for place, each in self.held.events.items()}
            first = [place for place, each in told.items() if not each.again]
            _same(times, dict.fromkeys(first, 1), "how often there is an event")

    def _rows(self) -> None:
        expected, found = self.truth.rows(), self.held.rows
        assert found.keys() == expected.keys()
        differ = [
            f"{key.decode()}: {load(found[table, key])} instead of {load(value)}"
            for (table, key), value in expected.items()
            for load in [codecs()[table].loads]
            if found[table, key] != value and load(found[table, key]) != load(value)
        ]
        _none(differ, "rows")
        _same(self.held.segments, self.truth.segments(), "segments of the ledger")

    def _oracle(self) -> None:
        """Rows of some keys, worked out independently of the fold."""
        log = sorted(self.truth.kept, key=lambda record: (record.partition, record.offset))
        expected = expected_rows(log)
        found = {
            key.decode(): public(table, value)
            for (table, key), value in self.held.rows.items()
            if key.decode() in expected
        }
        _same(found, expected, "rows that the oracle works out")


def _same(found: Any, expected: Any, what: str) -> None:
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        differ = [
            f"{key}: {found.get(key)!r} instead of {expected.get(key)!r}"
            for key in found.keys() | expected.keys()
            if found.get(key) != expected.get(key)
        ]
        _none(differ, what)
    else:
        assert set(found) == set(expected), what


def _none(wrong: list[str], what: str) -> None:
    assert not wrong, _told(wrong, what)


def _told(wrong: list[str], what: str) -> str:
    shown = "\n  ".join(wrong[:SHOWN])
    return f"{what} ({len(wrong)} are wrong)\n  {shown}"
