"""What facts make of a conversation's row: design, rows."""

from __future__ import annotations

import msgspec
import pytest

from app.core.facts import ConversationFacts, Message, Person, Status
from app.core.projection import fold
from tests.unit.core.folding import KEY, RECEIVED, Folding

HOUR = 3_600_000_000


@pytest.fixture
def folding() -> Folding:
    return Folding()


def says(at: int | None, **facts: object) -> ConversationFacts:
    return ConversationFacts(at=at, **facts)  # type: ignore[arg-type]


def message(id: str, cls: str, at: int | None, text: str | None = None, **more: object) -> Message:
    return Message(id=id, cls=cls, at=at, text=text, **more)  # type: ignore[arg-type]


def test_a_conversation_goes_from_created_to_ended(folding: Folding) -> None:
    phases = []
    for name, facts in {
        "created": says(1, status=Status(word="open")),
        "message": says(2, message=message("m", "inbound", 2)),
        "resolved": says(3, status=Status(word="resolved")),
        "closed": says(4, status=Status(word="closed")),
    }.items():
        folding.take(name, facts)
        phases.append(folding.row().phase)
    assert phases == ["created", "active", "resolved", "ended"]
    row = folding.row()
    assert (row.resolved_at, row.ended_at, row.reopened) == (3, 4, 0)


def test_a_word_that_it_is_open_again_leads_back(folding: Folding) -> None:
    folding.take("a", says(1, message=message("m", "inbound", 1)))
    for at, word in enumerate(["open", "resolved", "closed", "pending", "resolved"], start=1):
        folding.take(f"s{at}", says(at, status=Status(word=word)))
    row = folding.row()
    assert (row.phase, row.reopened, row.resolved_at, row.ended_at) == ("resolved", 1, 5, None)
    assert [p.status for p in row.status_history] == [
        "open",
        "resolved",
        "closed",
        "pending",
        "resolved",
    ]


def test_the_later_value_wins_field_by_field(folding: Folding) -> None:
    folding.take("new", says(9, values={"queue": "new"}))
    folding.take("old", says(1, values={"queue": "old", "team": "old"}))
    row = folding.row()
    assert (row.queue, row.team, row.late, row.created_at, row.updated_at) == (
        "new",
        "old",
        1,
        1,
        9,
    )


def test_an_explicit_null_clears_by_time(folding: Folding) -> None:
    folding.take("set", says(5, values={"team": "red"}, attributes={"plan": "gold"}))
    folding.take("clear", says(6, values={"team": None}, attributes={"plan": None}))
    folding.take("late", says(1, values={"team": "blue"}, attributes={"plan": "tin"}))
    assert (folding.row().team, folding.row().attributes) == (None, {})


def test_two_people_never_mix(folding: Folding) -> None:
    folding.take("a", says(1, contact=Person(id="1", name="Ann", email="ann@example.com")))
    folding.take("b", says(2, contact=Person(id="2", name="Bob")))
    assert folding.row().contact.name == "Bob"
    assert folding.row().contact.email is None
    folding.take("c", says(3, contact=Person(id="1", phone="+1")))
    shown = folding.row().contact
    assert (shown.id, shown.name, shown.email, shown.phone) == ("1", "Ann", "ann@example.com", "+1")


def test_nobody_clears_the_assignee_until_somebody_later(folding: Folding) -> None:
    folding.take("a", says(1, assignee=Person(id="1", name="Ann")))
    folding.take("b", says(3, assignee=None))
    folding.take("c", says(2, assignee=Person(id="2", name="Bob")))
    assert folding.row().assignee is None
    folding.take("d", says(4, assignee=Person(id="2")))
    assert folding.row().assignee.name == "Bob"


def test_a_message_is_counted_once_by_its_latest_class(folding: Folding) -> None:
    folding.take("created", says(1, message=message("m", "outbound", 1, "hello")))
    folding.take("updated", says(2, message=message("m", "note", 1, "hello!", update=True)))
    counts = msgspec.to_builtins(folding.row().messages)
    assert counts == {"inbound": 0, "outbound": 0, "automated": 0, "notes": 1, "activity": 0}
    row = folding.row()
    assert (row.recent_messages, row.first_message_at, row.phase) == ([], None, "created")


def test_between_two_texts_of_the_same_time_an_updates_wins(folding: Folding) -> None:
    folding.take("u", says(1, message=message("m", "inbound", None, "after", update=True)))
    folding.take("c", says(1, message=message("m", "inbound", 1, "before")))
    assert [m.text for m in folding.row().recent_messages] == ["after"]


def test_a_message_known_only_without_a_time_is_counted_and_not_shown(folding: Folding) -> None:
    folding.take("u", says(5, message=message("m", "inbound", None, "x", update=True)))
    row = folding.row()
    assert (row.messages.inbound, row.recent_messages, row.last_message_at) == (1, [], None)


def test_the_first_reply_is_a_persons_first_word_after_the_first_inbound(folding: Folding) -> None:
    folding.take("campaign", says(5, message=message("1", "outbound", 5)))
    folding.take("in", says(10, message=message("2", "inbound", 10)))
    folding.take("bot", says(11, message=message("3", "automated", 11)))
    assert folding.row().first_reply_at is None
    folding.take("reply", says(20, message=message("4", "outbound", 20)))
    assert folding.row().first_reply_at == 20
    folding.take("earlier", says(2, message=message("0", "inbound", 2)))
    assert folding.row().first_reply_at == 5


def test_the_first_reply_is_found_in_the_ledger_behind_many_outbound_messages(
    folding: Folding,
) -> None:
    for n in range(1, 200):
        folding.take(f"o{n}", says(n, message=message(f"o{n}", "outbound", n)))
    folding.take("in", says(500, message=message("in", "inbound", 500)))
    assert folding.row().first_reply_at is None
    folding.take("earlier", says(150, message=message("in2", "inbound", 150)))
    assert folding.row().first_reply_at == 151


def test_recent_messages_are_the_newest_eight_in_order(folding: Folding) -> None:
    for n in (9, 3, 12, 1, 7, 8, 2, 11, 10, 6):
        folding.take(f"m{n}", says(5, message=message(str(n), "inbound", 5, f"text {n}")))
    assert [m.id for m in folding.row().recent_messages] == [
        "3",
        "6",
        "7",
        "8",
        "9",
        "10",
        "11",
        "12",
    ]
    assert folding.row().last_message.text == "text 12"


def test_a_duplicate_changes_nothing_but_its_count(folding: Folding) -> None:
    facts = says(1, message=message("m", "inbound", 1, "x"), occurrence="form")
    assert [folding.take("same", facts) for _ in range(3)] == ["applied", "duplicate", "duplicate"]
    row = folding.row()
    assert (row.events, row.duplicates, row.forms, row.messages.inbound) == (1, 2, 1, 1)
    assert row.offset == 2


def test_a_record_that_the_row_covers_is_a_reread(folding: Folding) -> None:
    folding.take("a", says(1), offset=10)
    assert folding.take("a", says(1), offset=10) == "reread"
    assert folding.row().duplicates == 0


@pytest.mark.parametrize(
    ("redrive", "duplicates"),
    [
        ("3:0", 0),  # it is the delivery that was applied, for the letter's cause is mended
        ("3:1", 0),  # the one that was a duplicate
        ("0:0", 1),  # one that never decoded, so that nothing of it was counted yet
        ("somewhere", 1),  # what no redrive wrote
    ],
)
def test_a_redriven_record_is_the_delivery_it_stands_in_for(
    folding: Folding, redrive: str, duplicates: int
) -> None:
    """Of one event two deliveries were seen before, at 3:0 and 3:1."""
    for _ in range(2):
        folding.take("a", says(1))
    record = msgspec.structs.replace(folding.record("a"), redrive=redrive)
    assert fold(record, says(1), folding.rows).effect == "duplicate"
    assert (folding.row().events, folding.row().duplicates) == (1, 1 + duplicates)


def test_a_redriven_record_finds_the_one_it_stands_in_for_in_a_segment(folding: Folding) -> None:
    for n in range(200):
        folding.take(f"e{n}", says(n))
    record = msgspec.structs.replace(folding.record("e3"), redrive="3:3")
    fold(record, says(3), folding.rows)
    assert (folding.row().events, folding.row().duplicates) == (200, 0)


def test_a_broken_clock_counts_as_the_receive_time(folding: Folding) -> None:
    ahead = RECEIVED + 30 * HOUR
    folding.take("a", says(ahead, message=message("m", "inbound", ahead)))
    row = folding.row()
    assert (row.updated_at, row.first_message_at) == (RECEIVED, RECEIVED)


def test_an_event_without_a_time_takes_the_first_records_receive_time(folding: Folding) -> None:
    folding.take("a", says(None), received_at=5)
    folding.take("a", says(None), received_at=9)
    assert folding.row().updated_at == 5


def test_duplicates_are_found_in_a_conversation_of_any_length(folding: Folding) -> None:
    for n in range(1_000):
        folding.take(f"e{n}", says(n, message=message(str(n), "inbound", n)))
    assert folding.take("e3", says(3, message=message("3", "inbound", 3))) == "duplicate"
    folding.take("note", says(2_000, message=message("4", "note", None)))
    row = folding.row()
    assert (row.events, row.messages.inbound, row.messages.notes) == (1_001, 999, 1)
    assert len(row.ledger) <= 128 * 43
    assert list(folding.ledger) == [f"{KEY}#0".encode()]


def test_a_crash_between_segments_and_row_loses_and_doubles_nothing(folding: Folding) -> None:
    def history(n: int) -> ConversationFacts:
        return says(n, message=message(str(n), "inbound", n))

    for n in range(100):
        folding.take(f"e{n}", history(n), offset=n)
    folding.write()
    for n in range(100, 400):
        folding.take(f"e{n}", history(n), offset=n)
    folding.rows.segments_written()
    folding.restart()
    effects = {folding.take(f"e{n}", history(n), offset=n) for n in range(90, 400)}
    row = folding.row()
    assert effects == {"reread", "applied"}
    assert (row.events, row.duplicates, row.messages.inbound) == (400, 0, 400)
