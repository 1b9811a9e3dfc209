"""A history tells its row whole: whatever was received, in whatever order, how often, and of
whichever vendor.
"""

from __future__ import annotations

import re
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from app.core.webhook import RawRecord
from app.history.difference import difference
from app.history.history import History
from app.history.moment import Change
from app.history.webhooks import Webhooks
from app.read.row_json import INTERNAL
from app.read.tables import table_of
from tests.property.histories import shuffled
from tests.property.seam import folded
from tests.property.test_folds import draw_history, every_kind, thorough
from tests.property.test_long_histories import log_of, varda_history, voxsig_history
from tests.unit.history.telling import rules

some = settings(thorough, max_examples=15)


def histories(log: list[RawRecord]) -> list[History]:
    """One for each key that can have a row."""
    by_key: dict[str, list[RawRecord]] = {}
    for record in log:
        by_key.setdefault(record.key, []).append(record)
    return [
        History(Webhooks(table=table, key=key, records=records), rules())
        for key, records in by_key.items()
        if (table := table_of(key)) is not None
    ]


def live_row(log: list[RawRecord], history: History) -> dict[str, Any] | None:
    """The row as the worker leaves it, folded with all the others of its partition."""
    table, key = history.webhooks.table, history.webhooks.key
    for one, written in folded(log).written_rows():
        if one == (table, key):
            return rules().rows.of(table, rules().codecs[table].loads(written))
    return None


def applied(row: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """The row after the changes, which are all that is known of it."""
    row = deepcopy(row)
    for change in changes:
        found = re.fullmatch(r"(\w+)(?:\.(.+)|\[(.*)\](?:\.(\w+))?)?", change.path)
        assert found, change.path
        name, inner, element, field = found.groups()
        if inner is not None:
            put(row[name], inner, change)
        elif element is None:
            put(row, name, change)
        elif element == "":
            by_id = {identity(one): one for one in row[name]}
            row[name] = [by_id[id] for id in change.after]
        elif field is not None:
            put(next(one for one in row[name] if identity(one) == element), field, change)
        else:
            assert not isinstance(row[name], dict)
            row[name] = [one for one in row[name] if identity(one) != element]
            row[name] += [] if change.after is UNSET else [change.after]
    return row


def put(record: dict[str, Any], name: str, change: Change) -> None:
    assert record.get(name, UNSET) == change.before
    if change.after is UNSET:
        del record[name]
    else:
        record[name] = change.after


def identity(element: dict[str, Any]) -> str:
    return element["id"] if "id" in element else element["at"]


def assert_told(log: list[RawRecord]) -> None:
    for history in histories(log):
        live = live_row(log, history)
        told = rules().rows.blank(history.webhooks.table)
        moments = history.timeline()
        assert [moment.offset for moment in moments] == [
            record.offset for record in history.webhooks.records
        ]
        for moment in moments:
            assert moment.changes is not None
            assert not [one for one in moment.changes if re.split(r"\W", one.path)[0] in INTERNAL]
            told = applied(told, moment.changes)
        if live is None:
            assert not any(moment.changes for moment in moments)
            continue
        assert told == live
        assert sum("duplicate" in moment.badges for moment in moments) == live["duplicates"]
        assert sum("late" in moment.badges for moment in moments) == live["late"]
        last = history.row_at(max(record.received_at for record in history.webhooks.records))
        assert last is not None
        assert rules().rows.of(history.webhooks.table, last) == live


@every_kind
@some
@given(data=st.data())
def test_the_changes_one_after_another_make_the_row(kind: str, data: st.DataObject) -> None:
    assert_told(data.draw(shuffled(draw_history(data, kind))))


@every_kind
@some
@given(data=st.data())
def test_the_row_as_of_a_time_is_that_of_what_was_received_by_then(
    kind: str, data: st.DataObject
) -> None:
    log = data.draw(shuffled(draw_history(data, kind)))
    at = data.draw(st.sampled_from([record.received_at for record in log]))
    then = [record for record in log if record.received_at <= at]
    for history in histories(log):
        row, live = history.row_at(at), live_row(then, history)
        shown = None if row is None else rules().rows.of(history.webhooks.table, row)
        assert shown == live
        if live is not None:
            now = live_row(log, history)
            assert now is not None
            changes = history.difference(at, max(record.received_at for record in log))
            assert changes == difference(rules().rows, history.webhooks.table, live, now)
            assert applied(live, changes) == now


@pytest.mark.parametrize("tell", [varda_history, voxsig_history])
def test_of_a_long_history_any_part_is_the_same_as_within_the_whole(tell: Any) -> None:
    """More webhooks than from one mark to the next, more than the row's ledger holds."""
    chance = Random(5)
    log = log_of([*tell(chance), *tell(chance)], chance)
    assert_told(log)
    whole = histories(log)[0].timeline()
    history = histories(log)[0]
    for first in (len(log) - 20, 700, 0, 512, 511):
        assert history.timeline(first, first + 20) == whole[first : first + 20]
