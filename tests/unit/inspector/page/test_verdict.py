"""What is said of a refold that found no row."""

from __future__ import annotations

import pytest

from app.inspector.page.verdict import said
from app.read.waiting import Waiting
from app.replay.finding import Finding, Tally
from app.replay.verify import Checked
from tests.unit.read.installation import RECEIVED

NOW = RECEIVED + 1


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (Waiting(), "the topics hold no row, and nothing of it waits for the worker"),
        (
            Waiting(webhooks=1, since=RECEIVED),
            "the topics hold no row; 1 webhook of it waits for the worker since "
            "2026-06-01 12:00:00 UTC",
        ),
        (
            Waiting(webhooks=1_200, since=RECEIVED),
            "the topics hold no row; 1,200 webhooks of it wait for the worker since "
            "2026-06-01 12:00:00 UTC",
        ),
        (
            Waiting(unsearched=80_000),
            "the topics hold no row, and 80,000 webhooks of its partition wait for the worker, "
            "too much to look through for those of one key",
        ),
    ],
)
def test_no_row(waiting: Waiting, words: str) -> None:
    found = said(Checked(None, Tally(), waiting), NOW)
    assert (found.title, found.words, found.wrong) == ("Nothing", words, False)


def test_what_waits_changes_nothing_of_a_finding() -> None:
    finding = Finding(table="call", key="varda/call/9", verdict="equal", offset=4)
    found = said(Checked(finding, Tally(), Waiting(webhooks=1, since=RECEIVED)), NOW)
    assert (found.title, found.offset, found.wrong) == ("Equal", 4, False)
