from __future__ import annotations

import io
import json
from typing import Any

import pytest

from app.endpoint.refusal_log import RefusalLog
from app.log import configure_logging


@pytest.fixture
def stream() -> io.StringIO:
    written = io.StringIO()
    configure_logging("endpoint", stream=written)
    return written


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_flood_of_refusals_is_a_line_a_second_and_the_next_line_counts_them(
    stream: io.StringIO,
) -> None:
    now = 100.0
    log = RefusalLog(lambda: now)
    for _ in range(1000):
        log.refused("shop", "bad_signature", 401)
    log.refused("shop", "expired", 401)
    now = 101.0
    log.refused("shop", "bad_signature", 401)
    assert [(line["source"], line["reason"], line.get("left_out")) for line in lines(stream)] == [
        ("shop", "bad_signature", None),
        ("shop", "expired", None),
        ("shop", "bad_signature", "999"),
    ]


def test_a_fault_of_ours_is_logged_by_its_place_and_without_its_words(stream: io.StringIO) -> None:
    try:
        int("the secret")
    except ValueError as error:
        RefusalLog(lambda: 0.0).failed("shop", error)
    [line] = lines(stream)
    assert line["exception"] == "ValueError"
    assert line["where"].startswith("test_a_fault_of_ours")
    assert "the secret" not in stream.getvalue()
