"""A decoder that was broken and mended leaves no trace in a row.

Given any history, any part of which became dead letters, and these redriven in any order, among
whatever else arrives: then the rows of a history in which nothing ever broke, in the live tables
(where the dead record was left out) and in a replay (where it decodes, and its copy comes again).
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.webhook import RawRecord
from tests.oracle import expected_rows
from tests.property.histories import VENDOR_NAMES, received, shuffled, stories
from tests.property.seam import Partition, folded
from tests.property.soups import SOUPS

OF_THE_ORDER = ("late", "offset")
"""All that may differ: a redriven webhook comes after those that did not die. (In the log, it lies
at another offset: entries of the ledger name that one.)"""

thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_kind = pytest.mark.parametrize("kind", [*VENDOR_NAMES, *SOUPS])


class Broken(NamedTuple):
    """A log with dead letters and their copies. `live` is what the worker folds of it."""

    undisturbed: list[RawRecord]
    live: list[RawRecord]
    whole: list[RawRecord]


def broken(history: Sequence[RawRecord], dead: set[int], times: int, chance: Random) -> Broken:
    """Each of the `dead` is copied somewhere behind it; `times` says how often a copy dies, too."""
    log: list[tuple[RawRecord, int | None, bool]] = [  # what, the copied one's number, is it dead
        (record, None, n in dead) for n, record in enumerate(history)
    ]
    waiting = [(record, n, times) for n, record in enumerate(history) if n in dead]
    numbers = list(range(len(history)))  # of each place in the log
    while waiting:
        record, of, left = waiting.pop(chance.randrange(len(waiting)))
        at = chance.randint(numbers.index(of) + 1, len(log))
        number = len(log)
        log.insert(at, (record, of, left > 1))
        numbers.insert(at, number)
        if left > 1:
            waiting.append((record, number, left - 1))
    offset_of = {number: offset for offset, number in enumerate(numbers)}
    whole = [
        msgspec.structs.replace(
            record, offset=offset, redrive=None if of is None else f"3:{offset_of[of]}"
        )
        for offset, (record, of, _) in enumerate(log)
    ]
    live = [record for record, (_, _, died) in zip(whole, log, strict=True) if not died]
    return Broken(list(history), live, whole)


@st.composite
def broken_histories(draw: st.DrawFn, kind: str) -> Broken:
    if kind in SOUPS:
        webhooks = draw(st.lists(SOUPS[kind], min_size=1, max_size=14))
    else:
        webhooks = draw(stories(kind)).webhooks
    history = draw(received(webhooks).flatmap(shuffled))
    dead = draw(st.sets(st.integers(0, len(history) - 1), min_size=1))
    return broken(history, dead, draw(st.integers(1, 3)), draw(st.randoms(use_true_random=False)))


def timeless(partition: Partition) -> dict[str, dict[str, Any]]:
    return {
        key: {name: value for name, value in row.items() if name not in OF_THE_ORDER}
        for key, row in partition.rows().items()
    }


@every_kind
@thorough
@given(data=st.data())
def test_what_was_dead_and_redriven_is_as_if_it_had_never_been_dead(
    kind: str, data: st.DataObject
) -> None:
    log = data.draw(broken_histories(kind))
    undisturbed, live, replayed = folded(log.undisturbed), folded(log.live), folded(log.whole)
    assert timeless(live) == timeless(replayed) == timeless(undisturbed)
    assert live.folds() == replayed.folds() == undisturbed.folds()


@every_kind
@thorough
@given(data=st.data())
def test_the_rows_are_the_oracles(kind: str, data: st.DataObject) -> None:
    log = data.draw(broken_histories(kind))
    for told in (log.live, log.whole):
        assert folded(told).rows() == expected_rows(told)
