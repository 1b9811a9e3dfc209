"""The small words of the page: times, addresses, what a row is called and how it stands."""

from __future__ import annotations

import pytest

from app.inspector.page.links import api_link, row_link, with_query
from app.inspector.page.times import SECOND, ago, lateness, length
from app.inspector.page.words import called, gist, title, ways_to

NOW = 1_780_000_000 * SECOND
AT = "2026-06-01T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "just now"),
        (42, "42s ago"),
        (190, "3m ago"),
        (2 * 3600 + 300, "2h 5m ago"),
        (2 * 86400, "2d ago"),
        (-300, "in 5m"),
    ],
)
def test_how_long_ago_something_was_needs_no_seconds_after_a_minute(
    seconds: float, said: str
) -> None:
    assert ago(NOW - int(seconds * SECOND), NOW) == said


def test_lateness_of_a_second_is_no_news() -> None:
    assert lateness(SECOND) == ""
    assert lateness(125 * SECOND) == "+2m 5s"
    assert lateness(-90 * SECOND) == "-1m 30s"
    assert length(400_000) == "0.4s"


@pytest.mark.parametrize(
    ("key", "link"),
    [
        ("eu/conversation/1-5", "/conversations/eu/1-5"),
        ("eu/call/a b?c#d%", "/calls/eu/a%20b%3Fc%23d%25"),
        ("eu/contact/a/b", "/contacts/eu/a/b"),
        ("eu/contact/../b", "/contacts/eu/..%2Fb"),  # no browser may take it for a folder
        ("eu/test/7", "/dead-letters?key=eu%2Ftest%2F7"),  # nothing of its kind has a row
    ],
)
def test_every_key_has_an_address_that_stays(key: str, link: str) -> None:
    assert row_link(key) == link


def test_addresses_leave_out_what_is_not_given() -> None:
    assert with_query("/calls", q="", phase=None, source="eu") == "/calls?source=eu"
    assert api_link("eu/call/a/b") == "/api/calls/eu/a%2Fb"


def test_a_person_is_called_by_the_best_that_is_known() -> None:
    assert called({"id": "7", "name": None, "email": "a@x.example", "phone": "+1"}) == "a@x.example"
    assert called({"id": "7"}) is None
    assert called(None) is None
    call = {"contact": None, "from_number": "+1", "to_number": None}
    assert title("call", "eu/call/9", call) == "+1 → unknown"
    assert title("contact", "eu/contact/9", {"name": None}) == "9"


@pytest.mark.parametrize(
    ("row", "words", "waits"),
    [
        ({"phase": "created", "created_at": AT}, "Created without a message", False),
        (
            {"phase": "active", "last_message": {"direction": "inbound", "at": AT}},
            "The customer wrote",
            True,
        ),
        (
            {"phase": "active", "last_message": {"direction": "automated", "at": AT}},
            "A bot wrote",
            False,
        ),
        ({"phase": "resolved", "resolved_at": AT}, "Resolved", False),
    ],
)
def test_a_conversation_says_how_it_stands(row: dict[str, object], words: str, waits: bool) -> None:
    found = gist("conversation", {"last_message": None, **row})  # type: ignore[dict-item]
    assert found is not None
    assert (found.words, found.at, found.waits) == (words, AT, waits)


def test_where_no_time_says_since_when_nothing_is_said() -> None:
    assert gist("call", {"phase": "ended", "ended_at": None}) is None
    assert gist("contact", {"phase": "known", "created_at": AT}) is None


def test_a_person_is_looked_for_elsewhere_by_number_or_address_never_by_name() -> None:
    anna = {"name": "Anna", "phone": None, "email": None}
    assert ways_to("conversation", {"contact": anna}) is None
    assert ways_to("contact", anna | {"email": "a@x.example"}) == "a@x.example"
    call = {"contact": None, "direction": "outbound", "from_number": "+1", "to_number": "+2"}
    assert ways_to("call", call) == "+2"
