"""The index's parts while many rows are settled, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.conversation import Conversation
from app.inspector.view.writer import Batch
from tests.unit.inspector.view.feeding import FedView
from tests.unit.inspector.view.rows import NOON, conversation

MANY, TOGETHER = 40, 2


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[FedView]:
    view = FedView(tmp_path)
    view.in_bulk(Batch(rows=[view.encoded("conversation", *row(n)) for n in range(MANY)]))
    while view.writer.settle(TOGETHER):
        pass
    yield view
    view.close()


def row(number: int) -> tuple[str, Conversation]:
    at = NOON + number
    return f"varda/conversation/{number}", conversation(str(number), at, f"parcel no{number}")


def parts(fed: FedView) -> int:
    with fed.file.reader() as database:
        return database.execute("SELECT count(DISTINCT segid) FROM found_idx").fetchone()[0]


def kept(fed: FedView) -> dict[str, int]:
    with fed.file.reader() as database:
        return dict(database.execute("SELECT k, v FROM found_config").fetchall())


def test_parts_are_merged_after_they_were_settled(fed: FedView) -> None:
    assert parts(fed) == MANY // TOGETHER
    before = fed.keys("parcel")

    fed.writer.merge()

    assert parts(fed) == 1
    assert fed.keys("parcel") == before
    assert fed.keys("no39") == ["varda/conversation/39"]


def test_then_they_are_merged_as_usual(fed: FedView) -> None:
    assert kept(fed)["automerge"] == 0
    fed.writer.merge()
    fed.writer.merge()
    assert kept(fed)["automerge"] > 0
    for number in range(MANY):
        fed.put(("conversation", *row(number)))
    assert parts(fed) < MANY


def test_what_is_to_be_merged_outlives_the_writer(fed: FedView) -> None:
    fed.writer.close()
    assert fed.open() is None
    fed.writer.merge()
    assert parts(fed) == 1


def test_where_nothing_was_settled_nothing_is_to_be_merged(tmp_path: Path) -> None:
    view = FedView(tmp_path)
    view.put(("conversation", *row(1)))
    view.writer.settle(TOGETHER)
    assert "automerge" not in kept(view)
    view.writer.merge()
    assert "automerge" not in kept(view)
    view.close()
