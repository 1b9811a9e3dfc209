"""A row as JSON, and the row of such JSON."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.core.projection import TABLES, Table
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation, row_json


def row_of(table: Table, key: str, *bodies: Any) -> Any:
    hookline = Installation()
    for body in bodies:
        hookline.receive(body)
    hookline.work()
    return hookline.row(table, key)


@pytest.fixture
def rows() -> dict[Table, Any]:
    return {
        "conversation": row_of(
            "conversation",
            "varda/conversation/7",
            varda.conversation("created", 7, RECEIVED),
            varda.message(7, 1, RECEIVED),
            varda.conversation("resolved", 7, RECEIVED + SECOND),
        ),
        "call": row_of(
            "call",
            "varda/call/9",
            varda.call("started", 9, RECEIVED, started_at=RECEIVED),
            varda.outcome(9, 1, RECEIVED + SECOND),
        ),
        "contact": row_of("contact", "varda/contact/456", varda.contact("created", RECEIVED)),
    }


@pytest.mark.parametrize("table", TABLES)
def test_what_is_written_can_be_read(table: Table, rows: dict[Table, Any]) -> None:
    said = row_json().of(table, rows[table])
    over_the_wire = msgspec.json.decode(msgspec.json.encode(said))
    read = row_json().read(table, over_the_wire)
    assert row_json().of(table, read) == said
    assert read.updated_at == rows[table].updated_at
    assert type(read) is type(rows[table])


@pytest.mark.parametrize(
    "wrong", [{"partition": None}, {"source": 7}, {"updated_at": "lately"}, {"outcomes": 3}]
)
def test_what_is_no_row_is_refused(wrong: dict[str, Any], rows: dict[Table, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        row_json().read("call", row_json().of("call", rows["call"]) | wrong)
    with pytest.raises(ValueError):
        row_json().read("call", {})


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_which_nothing_was_said(table: Table, rows: dict[Table, Any]) -> None:
    """It has every field, each as it is where nobody speaks of it."""
    blank = row_json().blank(table)
    said = row_json().of(table, rows[table])
    assert blank.keys() == said.keys()
    assert all(not value or isinstance(value, dict) for value in blank.values())
