"""What a webhook changed, in a line."""

from __future__ import annotations

from msgspec import UNSET

from app.history.moment import Change
from app.inspector.page.summary import MOST, summary


def told(*changes: tuple[str, object, object]) -> tuple[list[str], list[str], int]:
    found = summary(
        [Change(path=path, before=before, after=after) for path, before, after in changes]  # type: ignore[arg-type]
    )
    return (
        [f"{one.who}: {one.text}" for one in found.messages],
        [f"{one.field}: {one.before} > {one.after}" for one in found.turns],
        found.more,
    )


def test_a_message_is_told_by_its_text_and_not_by_its_counts() -> None:
    message = {"id": "7", "direction": "inbound", "content_type": "text", "text": "Hi", "at": "t"}
    assert told(
        ("messages.inbound", 0, 1),
        ("recent_messages[7]", UNSET, message),
        ("recent_messages[1]", {"id": "1"}, UNSET),  # moved out by the new one
        ("last_message", None, message),
        ("phase", "created", "active"),
    ) == (["inbound: Hi"], ["phase: created > active"], 0)


def test_a_message_without_text_is_told_by_its_kind_an_edited_one_as_edited() -> None:
    picture = {"direction": "outbound", "content_type": "image", "text": None}
    assert told(("recent_messages[8]", UNSET, picture))[0] == ["outbound: [image]"]
    assert told(("recent_messages[8].text", "a", "b"))[0] == ["edited: b"]


def test_what_the_row_does_not_show_is_told_by_its_count() -> None:
    assert told(("messages.notes", 0, 1))[1] == ["notes: 0 > 1"]


def test_a_person_is_one_change_by_the_best_name() -> None:
    assert told(
        ("assignee", None, {"id": "5", "name": "Eva", "email": "e@x.example"}),
        ("contact.email", None, "c@x.example"),
        ("contact.name", "C", "Carla"),
    )[1] == ["assignee: None > Eva", "contact: C > Carla"]


def test_lengths_and_money_are_said_as_such() -> None:
    assert told(
        ("talk_ms", None, 125_000),
        ("outcomes[9].revenue_cents", 1_000, 250_050),
    )[1] == ["talk: None > 2m 5s", "outcomes.revenue: 10.00 > 2,500.50"]


def test_what_follows_from_others_is_no_news() -> None:
    assert told(("updated_at", "a", "b"), ("events", 1, 2), ("offset", 3, 4)) == ([], [], 0)


def test_a_line_names_a_few_and_counts_the_rest() -> None:
    many = [(f"attributes.a{n}", None, "x") for n in range(MOST + 3)]
    _, turns, more = told(*many)
    assert (len(turns), more) == (MOST, 3)
