"""Times and durations as people read and write them."""

from __future__ import annotations

import pytest

from app.cli.options import duration_of, time_of
from app.cli.show.times import ago, clock, duration, parse_duration, parse_time
from app.errors import UserError

SECOND = 1_000_000
NOON = 1_780_315_200_000_000  # 2026-06-01T12:00:00Z


def test_a_time() -> None:
    assert clock(NOON + 999_999) == "2026-06-01 12:00:00Z"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0.4 s"),
        (1, "1 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (130, "2 min 10 s"),
        (7_200, "2 h"),
        (7_259, "2 h"),
        (7_260, "2 h 1 min"),
        (90_000, "1 d 1 h"),
        (40 * 86_400, "40 d"),
    ],
)
def test_a_duration_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(round(seconds * SECOND)) == words


def test_how_long_ago() -> None:
    assert ago(NOON - 130 * SECOND, NOON) == "2 min 10 s ago"
    assert ago(NOON + 60 * SECOND, NOON) == "in 1 min"
    assert ago(NOON - 1, NOON) == "just now"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1_800), ("2h", 7_200), (" 7D ", 604_800), ("1w", 604_800)],
)
def test_a_duration_that_is_given(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds * SECOND


@pytest.mark.parametrize("text", ["", "30", "h", "-1h", "1.5h", "1y", "1h30m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UserError, match="--silent"):
        duration_of("--silent", text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-06-01T12:00:00Z", NOON),
        ("2026-06-01T14:00:00+02:00", NOON),
        ("2026-06-01 12:00", NOON),
        ("2026-06-01", NOON - 12 * 3_600 * SECOND),
        ("2h", NOON - 7_200 * SECOND),
    ],
)
def test_a_time_that_is_given(text: str, at: int) -> None:
    assert parse_time(text, NOON) == at


def test_a_duration_that_is_too_long() -> None:
    with pytest.raises(UserError, match="--silent: '999999w' is too long"):
        duration_of("--silent", "999999w")


@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-01:00", "99999999d", "999999w"],
)
def test_a_time_that_is_out_of_range(text: str) -> None:
    with pytest.raises(UserError, match=f"--at: '{text}' is out of range"):
        time_of("--at", text)


@pytest.mark.parametrize("text", ["", "yesterday", "1780315200", "2026-13-01"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UserError, match="--from"):
        time_of("--from", text)
