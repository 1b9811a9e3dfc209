"""What the scripts say must come of a run is what the oracle works out and what the folds make."""

from __future__ import annotations

import msgspec
import pytest

from app.core.webhook import RawRecord
from app.simulate import expectation
from app.simulate.expectation import Call, Contact, Conversation, Messages, differences
from tests.oracle import expected_rows
from tests.property.seam import Partition, folded_rows
from tests.unit.simulate.centre import OLD_CALLS, SOURCES, deliveries, record_of

TRAFFIC, SENT = deliveries(3_000, sources=(*SOURCES, OLD_CALLS))
LOG: list[RawRecord] = [record_of(one.webhook, offset) for offset, one in enumerate(SENT)]


@pytest.mark.parametrize("rows_of", [expected_rows, folded_rows], ids=["oracle", "folds"])
def test_every_row_is_as_its_script_says_and_there_is_no_other(rows_of) -> None:
    rows = rows_of(LOG)
    assert [line for row in TRAFFIC.rows for line in differences(row, rows.get(row.key))] == []
    assert rows.keys() == {row.key for row in TRAFFIC.rows}
    duplicates = {row.key: row.sent_again for row in TRAFFIC.rows}
    assert {key: row["duplicates"] for key, row in rows.items()} == duplicates


def test_every_dead_letter_has_the_reason_that_its_script_says() -> None:
    projected = Partition().project(LOG)
    found = [None if one.error is None else one.error.reason for one in projected]
    assert found == [one.webhook.dead for one in SENT]


def test_a_file_of_expectations_reads_as_it_was_written() -> None:
    rows = [Conversation(key="a/conversation/1"), Call(key="a/call/1"), Contact(key="a/contact/1")]
    assert list(expectation.read(iter(map(msgspec.json.encode, rows)))) == rows


def test_differences_name_the_key_the_field_and_both_values() -> None:
    expected = Conversation(
        key="a/conversation/1",
        phase="active",
        events=2,
        sent_again=2,
        messages=Messages(inbound=1),
        last_text="hi",
    )
    row = {
        "events": 1,
        "phase": "active",
        "status": None,
        "reopened": 0,
        "forms": 0,
        "bugs": 0,
        "delegations": 0,
        "messages": msgspec.to_builtins(Messages(inbound=2)),
        "last_message": {"text": "hi"},
        "duplicates": 1,
    }
    found = differences(expected, row)
    assert [line.split(": ")[0] for line in found] == ["a/conversation/1"] * 3
    assert "events is 1, expected 2" in found[0]
    assert "'inbound': 2" in found[1]
    assert "duplicates is 1, expected at least 2" in found[2]
    assert differences(expected, None) == ["a/conversation/1: there is no row"]


def test_a_row_whose_webhooks_were_lost_is_not_compared() -> None:
    assert differences(Contact(key="a/contact/1", events=3, complete=False), None) == []
