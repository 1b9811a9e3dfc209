"""Rows filtered, in their order, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.people import Shown
from app.errors import UserError
from app.inspector.view import row_list
from app.inspector.view.row_list import BadCursor
from app.inspector.view.row_query import RowQuery
from app.inspector.view.writer import Batch
from tests.unit.inspector.view.feeding import FedView, keys
from tests.unit.inspector.view.rows import MINUTE, NOON, call, contact, conversation, person


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[FedView]:
    view = FedView(tmp_path)
    yield view
    view.close()


def key(id: object, source: str = "varda") -> str:
    return f"{source}/conversation/{id}"


def test_each_filter_and_all_together(fed: FedView) -> None:
    def anna() -> Shown:
        return person("103", name="Anna Berg", email="anna@centre.example.com")

    fed.put(
        ("conversation", key(1), conversation("1", channel="email", assignee=anna(), late=2)),
        ("conversation", key(2), conversation("2", phase="resolved", duplicates=1)),
        ("conversation", key(3, "eu"), conversation("3", source="eu", vendor="voxsig")),
        ("call", "voiso/call/4", call("4", agent=anna())),
        ("contact", "varda/contact/5", contact("5")),
    )
    expected: dict[str, tuple[Any, list[str]]] = {
        "table": ("call", ["voiso/call/4"]),
        "phase": ("RESOLVED", [key(2)]),
        "source": ("EU", [key(3, "eu")]),
        "vendor": ("voiso", ["voiso/call/4"]),
        "channel": ("Email", [key(1)]),
        "late": (True, [key(1)]),
        "duplicates": (True, [key(2)]),
        "dead": (True, []),
    }
    for name, (value, found) in expected.items():
        assert fed.keys(**{name: value}) == found, name
    for who in ("103", "anna berg", "ANNA@centre.example.com"):
        assert sorted(fed.keys(assignee=who)) == [key(1), "voiso/call/4"]
    assert fed.keys(assignee="anna") == []
    together = RowQuery(
        table="conversation",
        phase="active",
        source="varda",
        vendor="varda",
        channel="email",
        assignee="103",
        late=True,
        q="1",
    )
    assert keys(fed.view.rows(together)) == [key(1)]


def test_those_updated_last_come_first_and_a_change_moves_to_the_front(fed: FedView) -> None:
    fed.put(*(("conversation", key(n), conversation(f"{n}", NOON + n * MINUTE)) for n in range(5)))
    assert fed.keys() == [key(n) for n in (4, 3, 2, 1, 0)]
    fed.put(("conversation", key(1), conversation("1", NOON + 9 * MINUTE)))
    assert fed.keys() == [key(n) for n in (1, 4, 3, 2, 0)]


@pytest.mark.parametrize(
    "query",
    [RowQuery(), RowQuery(table="conversation"), RowQuery(quiet_before=NOON + 100 * MINUTE)],
)
def test_pages_hold_while_rows_change(fed: FedView, query: RowQuery) -> None:
    rows = {n: conversation(f"{n}", NOON + n * MINUTE, said="hello") for n in range(20)}
    fed.put(*(("conversation", key(n), row) for n, row in rows.items()))
    seen: list[str] = []
    cursor = None
    for turn in range(4):
        page = fed.view.rows(query, 5, cursor)
        seen += keys(page)
        cursor = page.next
        assert (cursor is None) == (turn == 3)
        fed.put(("conversation", key(19 - turn), conversation(f"{19 - turn}", NOON + 99 * MINUTE)))
    assert seen == [key(n) for n in reversed(range(20))]


def test_no_page_looks_at_more_rows_than_it_may(
    fed: FedView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_list, "EXAMINED", 3)
    fed.put(*(("conversation", key(f"{n:02}"), conversation(f"{n}", NOON - n)) for n in range(9)))
    found: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        page = fed.view.rows(RowQuery(q="08"), 50, cursor)
        found, cursor, pages = found + keys(page), page.next, pages + 1
    assert found == [key("08")]
    assert pages == 4


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-", "-1-1", "1-1-1", "f" * 16 + "-0", "1-²"])
def test_a_cursor_that_no_page_gave(fed: FedView, cursor: str) -> None:
    with pytest.raises(BadCursor):
        fed.view.rows(RowQuery(), 5, cursor)


def test_active_and_silent(fed: FedView) -> None:
    fed.put(
        ("conversation", key("fresh"), conversation("fresh", NOON, said="hello")),
        ("conversation", key("silent"), conversation("silent", NOON - 31 * MINUTE, said="hello")),
        # Assigned just now, but nobody has written anything for an hour.
        (
            "conversation",
            key("touched"),
            conversation("touched", NOON, said="hello", last_message_at=NOON - 60 * MINUTE),
        ),
        ("conversation", key("ended"), conversation("ended", NOON - 90 * MINUTE, phase="ended")),
        ("call", "voiso/call/1", call("1", NOON - 99 * MINUTE)),
    )
    before = NOON - 30 * MINUTE
    assert fed.keys(quiet_before=before) == [key("silent"), key("touched")]
    assert fed.keys("touched", quiet_before=before) == [key("touched")]
    assert fed.keys(quiet_before=before, source="nobody") == []


def test_rows_that_were_read_in_bulk_are_in_the_order_of_their_updates(fed: FedView) -> None:
    fed.put(("conversation", key("old"), conversation("old", NOON, said="hello")))
    for turn in (3, 1, 2):  # as partitions come, each in its own order
        rows = [(key(n), conversation(f"{n}", NOON + n, said="hello")) for n in (turn, turn + 10)]
        batch = Batch(rows=[fed.encoded("conversation", *row) for row in rows])
        fed.in_bulk(batch)
    again = fed.encoded("conversation", key("old"), conversation("old", NOON + 12))
    fed.in_bulk(Batch(rows=[again]))
    assert fed.keys() == fed.keys("hello") == []
    assert fed.writer.unsettled() == 7
    while fed.writer.settle(2):
        assert fed.keys() == fed.keys(table="conversation")
    assert fed.keys() == [key(n) for n in (13, 12, "old", 11, 3, 2, 1)]
    assert fed.keys("hello") == [key(n) for n in (13, 12, 11, 3, 2, 1)]
    assert fed.writer.unsettled() == 0


def test_a_batch_may_have_any_number_of_rows(fed: FedView) -> None:
    """They are put in by statements of many rows each."""
    first = fed.encoded("conversation", key(0), conversation("0", said="hello"))
    batch = Batch(rows=[first._replace(key=key(n)) for n in range(2_243)])
    fed.in_bulk(batch)
    fed.in_bulk(batch)  # each in place of itself
    while fed.writer.settle(1_000):
        pass
    assert sum(one.rows for one in fed.view.tallies()) == 2_243
    assert fed.keys(limit=3_000) == [key(n) for n in reversed(range(2_243))]


def test_what_is_to_be_settled_outlives_the_writer(fed: FedView) -> None:
    batch = Batch(rows=[fed.encoded("conversation", key(1), conversation("1"))])
    fed.in_bulk(batch)
    fed.writer.close()
    fed.open()
    assert fed.writer.settle(5) == 1
    assert fed.writer.settle(5) == 0
    assert fed.keys() == fed.keys(phase="active") == [key(1)]


def test_a_row_that_is_gone_is_found_no_more(fed: FedView) -> None:
    fed.put(("conversation", key(1), conversation("1", said="unforgettable")))
    assert fed.keys("unforgettable") == [key(1)]
    fed.writer.write(Batch(gone={key(1)}))
    assert fed.keys("unforgettable") == fed.keys() == []
    assert fed.view.row(key(1)) is None
    assert fed.view.tallies() == []


def test_what_a_row_no_longer_says_is_found_no_more(fed: FedView) -> None:
    fed.put(("conversation", key(1), conversation("1", said="the first word")))
    fed.put(("conversation", key(1), conversation("1", NOON + 1, said="another", phase="ended")))
    assert fed.keys("first") == fed.keys(phase="active") == []
    assert fed.keys("another", phase="ended") == [key(1)]


def test_rows_are_tallied(fed: FedView) -> None:
    fed.put(
        ("conversation", key(1), conversation("1", events=3, late=1)),
        ("conversation", key(2), conversation("2", events=4, duplicates=2)),
        ("call", "voiso/call/1", call("1", events=1)),
    )
    fed.put(("conversation", key(2), conversation("2", events=5, duplicates=2, phase="ended")))
    assert [tuple(one) for one in fed.view.tallies()] == [
        ("call", "voiso", "voiso", "ended", 1, 1, 0, 0),
        ("conversation", "varda", "varda", "active", 1, 3, 0, 1),
        ("conversation", "varda", "varda", "ended", 1, 5, 2, 0),
    ]


def test_a_value_that_is_no_row_is_left_out(fed: FedView) -> None:
    """As it was written, so that the view is not to blame."""
    good = fed.encoded("conversation", key(1), conversation("1"))
    fed.writer.write(Batch(rows=[good, good._replace(key=key(2), value=good.value[:-1])]))
    assert fed.keys() == [key(1)]
    with pytest.raises(UserError, match=key(2)):
        fed.view.row(key(2))
    assert fed.file.damage is None


def test_a_row_as_it_was_written(fed: FedView) -> None:
    row = conversation("1", said="hello")
    fed.put(("conversation", key(1), row))
    listed = fed.view.row(key(1))
    assert listed is not None
    assert listed.dead_letters == 0
    assert listed.found.key == key(1)
    assert listed.found.row.updated_at == NOON
    assert (listed.found.topic, listed.found.partition, listed.found.offset) == (
        "state.conversations",
        0,
        1,
    )
