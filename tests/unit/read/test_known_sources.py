"""Given keys in topics, then which sources are there."""

from __future__ import annotations

import pytest

from app.read.known_sources import Looked, look_for_sources
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, Installation


@pytest.fixture
def hookline() -> Installation:
    """Rows of one source, webhooks of two, and keys that nobody of ours wrote."""
    hookline = Installation()
    hookline.receive(varda.message(7, 1, RECEIVED))
    hookline.receive({"agentId": "a"}, source="convocore")
    hookline.work()
    for key in (None, b"", b"key", b"no/key", b"\xff/call/7"):
        hookline.log.append(hookline.topics.raw, 0, key, b"{}")
    return hookline


def test_those_that_are_there(hookline: Installation) -> None:
    raw, state = hookline.topics.raw, hookline.topics.state
    assert look_for_sources(hookline.log, [raw], ["varda", "convocore"]) == Looked([], [])
    assert look_for_sources(hookline.log, state, ["varda"]) == Looked([], [])
    assert look_for_sources(hookline.log, ["no-topic"], []) == Looked([], [])


def test_one_that_is_not_there_and_all_that_are(hookline: Installation) -> None:
    raw, state = hookline.topics.raw, hookline.topics.state
    asked = ["varda", "vard"]
    assert look_for_sources(hookline.log, [raw], asked) == Looked(
        ["vard"], ["\\xff", "convocore", "varda"]
    )
    assert look_for_sources(hookline.log, state, ["convocore"]) == Looked(["convocore"], ["varda"])


def test_names_without_regard_to_case(hookline: Installation) -> None:
    raw = [hookline.topics.raw]
    assert look_for_sources(hookline.log, raw, ["VARDA"]).missing == ["VARDA"]
    assert look_for_sources(hookline.log, raw, ["VARDA"], same=str.casefold).missing == []
