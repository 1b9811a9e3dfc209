"""Voiso's odd spellings made regular."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from app.core.vendors.voiso import VENDOR


@pytest.mark.parametrize(
    ("sent", "regular"),
    [
        pytest.param(
            {"name": "hook", "event": "e", "entity": "call", "key": "***", "payload": {"id": 1}},
            {"name": "hook", "event": "e", "object": "call", "key": "***", "data": {"id": 1}},
            id="the 2024 envelope",
        ),
        pytest.param(
            {"event": "e", "data": {"id": 1, "queue": "null", "agent": {"name": "null"}}},
            {"event": "e", "data": {"id": 1, "queue": None, "agent": {"name": None}}},
            id="null as text",
        ),
        pytest.param(
            {"event": "e", "data": {"skills": ["null", "malay"]}},
            {"event": "e", "data": {"skills": ["malay"]}},
            id="null as text in a list",
        ),
        pytest.param(
            {"event": "e", "data": {"duration": 4.5, "campaign": "Spring"}},
            {"event": "e", "data": {"duration": {"total": 4.5}, "campaign": {"name": "Spring"}}},
            id="a bare duration, a bare campaign",
        ),
        pytest.param(
            {"event": "e", "secret": "***", "id": "1", "total": "2", "name": "Ines", "queue": ""},
            {
                "event": "e",
                "secret": "***",
                "data": {"id": "1", "duration": {"total": "2"}, "agent": {"name": "Ines"}},
            },
            id="a query",
        ),
        pytest.param(
            {"event": "e", "id": "1", "duration": "5", "talk_time": "3"},
            {"event": "e", "data": {"id": "1", "duration": {"total": "5", "talk_time": "3"}}},
            id="a query whose total has no name of its own",
        ),
        pytest.param(
            {"event": "e", "id": "1", "duration": "5", "total": "3"},
            {"event": "e", "data": {"id": "1", "duration": {"total": "3"}}},
            id="a query that gives its total by both names",
        ),
        pytest.param(
            {"name": "hook", "event": "e", "entity": "call", "id": "1", "extension": "7"},
            {
                "name": "hook",
                "event": "e",
                "object": "call",
                "data": {"id": "1", "agent": {"extension": "7"}},
            },
            id="a query of the 2024 envelope, whose own name wins",
        ),
        pytest.param({"uuid": "1", "duration": 3}, {"uuid": "1", "duration": 3}, id="no envelope"),
    ],
)
def test_made_regular(sent: dict[str, Any], regular: dict[str, Any]) -> None:
    before = copy.deepcopy(sent)
    assert VENDOR.tidy(sent) == regular
    assert sent == before, "the parsed body is left as it was"
    assert VENDOR.tidy(regular) == regular, "what is regular stays so"


def test_a_deep_body_is_no_trouble() -> None:
    deep: Any = "null"
    for _ in range(10_000):
        deep = [deep]
    VENDOR.tidy({"event": "e", "data": {"a": deep}})


def test_only_null_as_text_is_odd() -> None:
    assert VENDOR.odd(b'{"data": {"queue": "null"}}')
    assert not VENDOR.odd(b'{"data": {"queue": null, "text": "null and void"}}')
