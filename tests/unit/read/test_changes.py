"""Given rows and their changes, then what each was and is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import pytest

from app.read.changes import Change, Changes
from app.read.shelf import Shelves
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation

KEY = "varda/conversation/7"


@pytest.fixture
def hookline() -> Installation:
    hookline = Installation()
    hookline.receive(varda.conversation("created", 7, RECEIVED))
    hookline.work()
    return hookline


@pytest.fixture
def changes(hookline: Installation) -> Iterator[Changes]:
    with Shelves() as shelves:
        yield Changes(hookline.rows, shelves)


def until_nothing_is_new(changes: Iterator[Change | None]) -> list[Change]:
    return [change for change in takewhile(lambda one: one is not None, changes) if change]


def happen(hookline: Installation) -> None:
    body = varda.conversation("resolved", 7, RECEIVED + SECOND)
    for webhook in (body, body, varda.message(8, 1, RECEIVED)):
        hookline.receive(webhook)
        hookline.work()


def test_a_change_says_what_was_and_what_is(hookline: Installation, changes: Changes) -> None:
    ends = changes.load(["conversation"])
    happen(hookline)
    first, second, third = until_nothing_is_new(changes.follow(ends))
    by_field = {one.field: (one.left, one.right) for one in first.differences}
    assert by_field["phase"] == ("created", "resolved")
    assert by_field["status"] == ("open", "resolved")
    assert not {"offset", "ledger[0:1]", "fold.stamps"} & by_field.keys()
    assert (second.after.row.duplicates, second.differences) == (1, [])
    assert (third.after.key, third.before) == ("varda/conversation/8", None)


def test_one_row(hookline: Installation, changes: Changes) -> None:
    ends = changes.load_key("conversation", KEY)
    happen(hookline)
    first, _ = until_nothing_is_new(changes.follow(ends, KEY))
    assert first.before is not None
    assert first.after.key == KEY


def test_what_happens_between_loading_and_following_is_not_lost(
    hookline: Installation, changes: Changes
) -> None:
    ends = changes.load(["conversation", "call"])
    hookline.receive(varda.call("started", 1, RECEIVED, started_at=RECEIVED))
    hookline.work()
    (change,) = until_nothing_is_new(changes.follow(ends))
    assert change.after.key == "varda/call/1"


def test_a_tombstone_is_no_change_and_the_row_after_it_is_new(
    hookline: Installation, changes: Changes
) -> None:
    row = hookline.row("conversation", KEY)
    ends = changes.load(["conversation"])
    hookline.overwrite("conversation", KEY, None)
    hookline.overwrite("conversation", KEY, row)
    (change,) = until_nothing_is_new(changes.follow(ends))
    assert change.before is None
