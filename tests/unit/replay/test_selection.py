"""Which webhooks a replay takes, and how it is noted with its offsets."""

from __future__ import annotations

import pytest

from app.replay.selection import UNFINISHED, Both, Selection, selection_of_note
from tests.unit.core.folding import RECEIVED, Folding

RECORD = Folding().record("a", key="shop/call/7")


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (Selection(), True),
        (Selection(from_at=RECEIVED), True),
        (Selection(from_at=RECEIVED + 1), False),
        (Selection(to_at=RECEIVED + 1), True),
        (Selection(to_at=RECEIVED), False),
        (Selection(sources=("crm", "shop")), True),
        (Selection(sources=("sho",)), False),
        (Selection(key="shop/call/7"), True),
        (Selection(key="shop/call/77"), False),
    ],
)
def test_what_is_taken(selection: Selection, taken: bool) -> None:
    assert selection.takes(RECORD) == taken
    assert selection.may_take(RECORD.key.encode()) or not taken


@pytest.mark.parametrize("selection", [Selection(sources=("shop",)), Selection(key="shop/call/7")])
@pytest.mark.parametrize("key", [b"\xff\xfe", b"\xff/call/7", b"", b"/"])
def test_a_key_that_nobody_could_have_meant_is_not_taken(selection: Selection, key: bytes) -> None:
    assert not selection.may_take(key)


OF_KEY, OF_SHOP = Selection(key="shop/call/7"), Selection(sources=("shop",))


@pytest.mark.parametrize(
    ("made_of", "asked", "taken"),
    [
        (Selection(), OF_KEY, True),
        (Selection(sources=("shop", "crm")), OF_SHOP, True),
        (Selection(to_at=RECEIVED), OF_KEY, False),
        (Selection(key="shop/call/8"), OF_KEY, False),
        (Selection(key="shop/call/8"), OF_SHOP, False),
        (Selection(sources=("crm",)), OF_SHOP, False),
        (OF_KEY, Selection(sources=("crm",)), False),
    ],
)
def test_what_two_take(made_of: Selection, asked: Selection, taken: bool) -> None:
    both = Both(made_of, asked)
    assert both.takes(RECORD) == taken
    assert both.may_take(RECORD.key.encode()) or not taken


@pytest.mark.parametrize(
    ("made_of", "asked", "left_out"),
    [
        (Selection(), Selection(), []),
        (Selection(), OF_KEY, []),
        (OF_KEY, Selection(), []),
        (OF_KEY, OF_SHOP, []),
        (OF_KEY, Selection(key="shop/call/8"), ["shop/call/8"]),
        (OF_KEY, Selection(sources=("shop", "crm")), ["crm"]),
        (OF_SHOP, OF_KEY, []),
        (OF_SHOP, Selection(key="crm/call/7"), ["crm/call/7"]),
        (OF_SHOP, Selection(sources=("crm", "shop")), ["crm"]),
        (Selection(to_at=RECEIVED), OF_KEY, []),
    ],
)
def test_what_is_left_out(made_of: Selection, asked: Selection, left_out: list[str]) -> None:
    assert made_of.leaves_out(asked) == left_out


@pytest.mark.parametrize(
    "selection", [Selection(), Selection(from_at=1, to_at=2, sources=("a",), key="a/call/1")]
)
def test_a_note_says_what_was_taken(selection: Selection) -> None:
    assert selection_of_note(selection.as_note()) == selection


def test_other_notes() -> None:
    assert selection_of_note(UNFINISHED) is None
    assert selection_of_note("") == Selection()  # a worker's


def test_in_words() -> None:
    assert str(Selection()) == "all webhooks"
    assert str(Selection(sources=("a", "b"), to_at=0)) == (
        "webhooks received before 1970-01-01T00:00:00.000000Z, of a, b"
    )
