"""Rows while they fold: put back when a fold fails, refused when newer."""

from __future__ import annotations

import pytest

from app.core.facts import ConversationFacts, Message
from app.core.rows import NewerFold, RowNotEncodable
from app.core.stamps import SIZE
from tests.unit.core.folding import KEY, Folding


def says(at: int) -> ConversationFacts:
    return ConversationFacts(at=at, message=Message(id=str(at), cls="inbound", at=at))


def test_restore_puts_back_the_row_as_last_written() -> None:
    folding = Folding()
    folding.take("a", says(1))
    folding.write()
    folding.take("b", says(2))
    folding.rows.restore("conversation", KEY)
    assert folding.row().events == 1


def test_restore_of_a_row_never_written_leaves_none() -> None:
    folding = Folding()
    folding.take("a", says(1))
    folding.rows.restore("conversation", KEY)
    assert folding.rows.read("conversation", KEY) is None
    assert folding.rows.rows_written() == []


def test_a_row_half_changed_by_a_failed_fold_is_put_back() -> None:
    folding = Folding()
    folding.take("a", says(1))
    folding.write()
    row = folding.row()
    row.events = 99  # as a fold that raises half-way leaves it
    folding.rows.restore("conversation", KEY)
    assert folding.row().events == 1


def test_a_row_of_a_newer_fold_is_refused() -> None:
    folding = Folding()
    folding.take("a", says(1))
    folding.row().fold_version = 99
    folding.write()
    folding.restart()
    with pytest.raises(NewerFold, match="version 99"):
        folding.row()


def test_stores_hold_rows_as_they_are_written() -> None:
    folding = Folding()
    folding.take("a", says(1))
    [written] = folding.rows.rows_written()
    assert folding.stores["conversation"] == {KEY.encode(): written.value}


def test_a_row_that_was_written_is_not_decoded_again() -> None:
    folding = Folding()
    folding.take("a", says(1))
    row = folding.row()
    folding.write()
    assert folding.row() is row


def test_a_row_that_cannot_be_encoded_is_named() -> None:
    folding = Folding()
    folding.take("a", says(1))
    folding.row().events = "many"  # type: ignore[assignment]
    with pytest.raises(RowNotEncodable, match=f"the conversation {KEY} .*events cannot hold str"):
        folding.rows.rows_written()


def test_each_touched_row_is_written_once() -> None:
    folding = Folding()
    for n in range(3):
        folding.take(str(n), says(n))
    assert [(w.table, w.key) for w in folding.rows.rows_written()] == [
        ("conversation", KEY.encode())
    ]
    assert folding.rows.rows_written() == []


def test_a_row_from_before_a_field_was_added_takes_it_in_its_place() -> None:
    folding = Folding()
    folding.take("a", says(1))
    row = folding.row()
    del row.fold.stamps[4 * SIZE :]  # as when the fold knew four fields
    folding.write()
    folding.restart()
    folding.take("later", ConversationFacts(at=20, values={"disposition": "sold"}))
    folding.take("earlier", ConversationFacts(at=10, values={"disposition": "open", "team": "A"}))
    assert (folding.row().disposition, folding.row().team) == ("sold", "A")
