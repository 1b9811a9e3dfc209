"""What somebody types, and the rows that this finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.projection import AnyRow, Table
from app.read.row_filter import RowFilter
from app.read.rows import Found
from tests.unit.inspector.view.feeding import FedView
from tests.unit.inspector.view.rows import NOON, call, contact, conversation, person

GRACE = "varda/conversation/1-379635887000125"
CALL = "voiso/call/550e8400-e29b-41d4-a716-446655440000"
LOCAL = "voiso/call/local"
CONTACT = "varda/contact/77"
MING = "varda/conversation/ming"


def rows() -> list[tuple[Table, str, AnyRow]]:
    grace = person(
        "c-9", name="Grace Nakamura", email="grace.n@mail.example.com", phone="+44 7987 000-126"
    )
    eva = person("103", name="Eva Novák", email="eva@centre.example.com")
    return [
        (
            "conversation",
            GRACE,
            conversation(
                "379635887000125",
                said="Where is my\nparcel? İstanbul'da",
                contact=grace,
                assignee=eva,
                channel="whatsapp",
            ),
        ),
        ("call", CALL, call("550e8400-e29b-41d4-a716-446655440000", from_number="+34 911 234 567")),
        ("call", LOCAL, call("local", to_number="(020) 7946-0018")),
        (
            "contact",
            CONTACT,
            contact("77", name="Γιώργος", handle="giorgos_x", phone="0049301234567"),
        ),
        (
            "conversation",
            MING,
            conversation("ming", NOON - 1, "订单在哪里", contact=person(name="李明")),
        ),
    ]


class Searched:
    """What the view finds, and the command line, which has no index, does as well."""

    def __init__(self, view: FedView) -> None:
        self._view = view

    def keys(self, q: str) -> list[str]:
        found = self._view.keys(q)
        wanted = RowFilter(text=q)
        read = [
            Found(table=table, key=key, row=row, topic="", partition=0, offset=0, written_at=NOON)
            for table, key, row in rows()
        ]
        assert {one.key for one in read if wanted.takes(one, NOON)} == set(found)
        return found


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[Searched]:
    view = FedView(tmp_path)
    view.put(*rows())
    yield Searched(view)
    view.close()


@pytest.mark.parametrize(
    "q",
    [
        *("+447987000126", "447987000126", "+44 7987 000126", "07987 000126", "0044 7987-000126"),
        *("+44 (0)7987 000 126", "7987000", "(07987)000126", "000126", "tel 7987000126"[4:]),
        *("grace", "NAKA", "grace nakamura", "nakamura grace", "kamu", "novak", "NOVÁK"),
        *("grace.n@mail", "@mail.example", "parcel", "where parcel?", "istanbul", "c-9"),
        *(
            GRACE,
            "varda/conversation/1-3796",
            " varda/conversation/1-3796 ",
            "1-379635887000125",
            "79635887",
            "379635887000125",
        ),
    ],
)
def test_a_conversation_is_found(fed: Searched, q: str) -> None:
    assert fed.keys(q) == [GRACE]


@pytest.mark.parametrize(
    ("q", "key"),
    [
        ("911234567", CALL),
        ("0034911234567", CALL),
        ("+34 911-23 45 67", CALL),
        ("446655440000", CALL),
        ("e29b-41d4", CALL),
        (CALL, CALL),
        ("+44 20 7946 0018", LOCAL),
        ("02079460018", LOCAL),
        ("79460018", LOCAL),
        ("γιωργοσ", CONTACT),
        ("ΓΙΏΡΓΟΣ", CONTACT),
        ("giorgos_", CONTACT),
        ("+49 30 1234567", CONTACT),
        ("030 1234567", CONTACT),
        ("李明", MING),
        ("订单", MING),
        ("在哪里", MING),
    ],
)
def test_a_call_a_contact_a_name_of_two_characters(fed: Searched, q: str, key: str) -> None:
    assert fed.keys(q) == [key]


@pytest.mark.parametrize(
    "q",
    [
        *("graxe", "grace kowalski", "+447987000127", "0798700012600", "99911234567", "gracenaka"),
        *(
            '"',
            "' OR 1=1",
            "grace AND",
            "NEAR(grace)",
            "*",
            "李红",
            "x" * 5000,
            "\\",
            "{doc}: x",
            "varda/conversation/",
        ),
        *("voiso/conversation/1-379635887000125", "varda/call/1-379635887000125"),
    ],
)
def test_what_is_not_there_is_not_found(fed: Searched, q: str) -> None:
    assert fed.keys(q) == []


@pytest.mark.parametrize("q", ["na", "g", "明", "é", ".n"])
def test_what_is_too_short_for_the_index_is_looked_for_all_the_same(fed: Searched, q: str) -> None:
    assert fed.keys(q)


@pytest.mark.parametrize("q", ["", "  "])
def test_an_empty_search_is_all(fed: Searched, q: str) -> None:
    assert len(fed.keys(q)) == 5


@pytest.mark.parametrize("q", ["\0", " \0 ", "\ue000\ue001\ue002", "\u0301"])
def test_a_search_for_what_no_text_is_made_of_finds_nothing(fed: Searched, q: str) -> None:
    assert fed.keys(q) == []
