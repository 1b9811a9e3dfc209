"""Rows filtered, in their order, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.people import Shown
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


def test_more_rows_of_one_second_than_have_places_of_their_own(fed: FedView) -> None:
    rows = [("conversation", key(n), conversation(f"{n}", NOON)) for n in range(9_000)]
    for at in range(0, len(rows), 3_000):
        fed.put(*rows[at : at + 3_000])  # pyright: ignore[reportArgumentType]
    found: list[str] = []
    cursor = None
    while True:
        page = fed.view.rows(RowQuery(), 500, cursor)
        found += keys(page)
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == 9_000
    assert set(found) == {row[1] for row in rows}


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
