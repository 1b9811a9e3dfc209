"""Given dead letters: then what a redrive would change is what it changes."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.catalogue import Catalogue, Decoded
from app.core.row import FOLD_VERSION
from app.core.webhook import RawRecord
from app.errors import UserError
from app.redrive.choice import Choice
from app.redrive.outcome import Outcome, RowChange
from app.redrive.preview import Preview
from app.redrive.run import Redrive
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue
from tests.unit.redrive.broken import UNKNOWN, BrokenCatalogue, disturbed, today, traffic
from tests.unit.redrive.memory_writer import Broker, MemoryWriter

CHAT = "varda/conversation/7"


@pytest.fixture
def hookline() -> Installation:
    """A conversation without its message, and a call of which there is nothing yet."""
    hookline = Installation()
    hookline.catalogue, hookline.unknown = BrokenCatalogue(), UNKNOWN
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.receive(varda.conversation("created", 7, at(0)))
    hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
    hookline.receive(b"{broken")
    hookline.work()
    hookline.catalogue, hookline.unknown = catalogue(), frozenset()
    return hookline


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def preview(
    hookline: Installation, choice: Choice | None = None, rules: Any = None
) -> tuple[dict[str, RowChange], Outcome]:
    run = Preview(hookline.rows, today(rules))
    changes = {change.key: change for change in run.changes(choice or Choice())}
    return changes, run.outcome


def redriven(hookline: Installation) -> Outcome:
    writer = MemoryWriter(Broker(hookline.log))
    outcome = Redrive(hookline.log, hookline.topics, today(), writer).run(Choice())
    hookline.work()
    return outcome


def test_a_row_that_would_change_field_by_field(hookline: Installation) -> None:
    changes, outcome = preview(hookline)
    change = changes[CHAT]
    assert change.before is not None
    by_field = {one.field: (one.left, one.right) for one in change.differences}
    assert by_field["events"] == (1, 2)
    assert by_field["messages.inbound"] == (0, 1)
    assert by_field["phase"] == ("created", "active")
    assert "offset" not in by_field
    assert len(change.letters) == 1
    assert (outcome.redriven, outcome.remained, outcome.closed_before) == (2, 1, 0)
    assert outcome.effects == {"applied": 2}


def test_a_row_that_it_would_make_by_what_it_says(hookline: Installation) -> None:
    changes, _ = preview(hookline)
    change = changes["varda/call/9"]
    assert change.before is None
    by_field = {one.field: one.right for one in change.differences}
    assert by_field["phase"] == "started"
    assert by_field["events"] == 1
    assert "duplicates" not in by_field


def test_nothing_is_written(hookline: Installation) -> None:
    before = {topic: hookline.log.spans(topic) for topic in hookline.topics}
    preview(hookline)
    assert {topic: hookline.log.spans(topic) for topic in hookline.topics} == before


def test_only_of_those_chosen(hookline: Installation) -> None:
    changes, outcome = preview(hookline, Choice(keys=("varda/call/9",)))
    assert set(changes) == {"varda/call/9"}
    assert outcome.chosen == 1


def test_what_was_redriven_changes_nothing_more(hookline: Installation) -> None:
    first = redriven(hookline)
    changes, outcome = preview(hookline)
    assert changes == {}
    assert (outcome.redriven, outcome.closed_before) == (0, first.redriven)
    assert outcome.remaining == first.remaining


def test_of_a_history_it_foretells_every_row() -> None:
    hookline = disturbed(traffic(400))
    changes, foretold = preview(hookline)
    outcome = redriven(hookline)
    assert (foretold.redriven, foretold.remaining) == (outcome.redriven, outcome.remaining)
    assert foretold.effects["duplicate"] > 0
    assert foretold.effects["event_only"] > 0
    for change in changes.values():
        row = hookline.row(change.table, change.key)
        assert shown(hookline, change, row) == shown(hookline, change, change.after)
    assert sum(len(change.letters) for change in changes.values()) == (
        foretold.redriven - foretold.effects["event_only"]
    )


def shown(hookline: Installation, change: RowChange, row: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in hookline.rows.json.of(change.table, row).items()
        if name != "offset"
    }


def test_a_long_conversation_with_what_its_segments_remember() -> None:
    """Of a message that lies in a segment another delivery died."""
    hookline = Installation()
    for n in range(300):
        hookline.receive(varda.message(7, n, at(n)))
    hookline.work()
    hookline.catalogue = BrokenCatalogue()
    hookline.receive(varda.message(7, 3, at(3)))
    hookline.work()
    hookline.catalogue = catalogue()
    changes, outcome = preview(hookline)
    assert outcome.effects == {"duplicate": 1}
    assert [(one.field, one.left, one.right) for one in changes[CHAT].differences] == [
        ("duplicates", 0, 1)
    ]


def test_a_letter_that_fails_on_the_row_that_there_is_would_remain(hookline: Installation) -> None:
    letters = hookline.log.read(hookline.topics.dead)
    (died,) = (one for one in letters if one.key == CHAT.encode())
    raw = dict(died.headers)["hookline_raw"].decode()

    class FailsElsewhere(BrokenCatalogue):
        def decode(self, record: RawRecord) -> Decoded:
            if f"{record.partition}:{record.offset}" != raw:
                raise ZeroDivisionError
            return Catalogue.decode(self, record)

    _, outcome = preview(hookline, Choice(keys=(CHAT,)), FailsElsewhere())
    assert (outcome.redriven, outcome.remained) == (0, 1)
    assert outcome.remaining[0].today.reason == "internal"


@pytest.mark.parametrize("value", [b"no row", None])
def test_a_row_that_this_program_cannot_judge_is_said(
    hookline: Installation, value: bytes | None
) -> None:
    if value is None:
        row = hookline.row("conversation", CHAT)
        row.fold_version = FOLD_VERSION + 1
        hookline.overwrite("conversation", CHAT, row)
    else:
        number = hookline.log.partition_of(CHAT)
        hookline.log.append(hookline.topics.state_conversations, number, CHAT.encode(), value)
    with pytest.raises(UserError, match=CHAT):
        preview(hookline)
