"""What a redrive leaves open, and why."""

from __future__ import annotations

from typing import Any

from app.core.undecodable import Undecodable
from tests.unit.read.installation import Installation
from tests.unit.redrive.broken import BrokenCatalogue
from tests.unit.redrive.redriving import copies, letters, redrive


class TestWhatRemains:
    def test_for_the_same_reason(self, hookline: Installation) -> None:
        outcome = redrive(hookline, rules=BrokenCatalogue())
        assert (outcome.redriven, outcome.remained) == (0, 3)
        mismatch, broken = outcome.remaining
        assert (mismatch.count, mismatch.was.reason, mismatch.was.path) == (
            2,
            "schema_mismatch",
            "$.data",
        )
        assert (mismatch.today, mismatch.changed) == (mismatch.was, False)
        assert (broken.today.reason, broken.changed) == ("not_json", False)
        assert copies(hookline) == []
        assert letters(hookline).redriven == []

    def test_for_another(self, hookline: Installation) -> None:
        class OtherwiseBroken(BrokenCatalogue):
            def decode(self, record: Any) -> Any:
                raise Undecodable("schema_mismatch", "expected another", "$.data.id")

        outcome = redrive(hookline, rules=OtherwiseBroken())
        assert outcome.redriven == 0
        mismatch = outcome.remaining[0]
        assert mismatch.changed
        assert (mismatch.was.path, mismatch.today.path) == ("$.data", "$.data.id")
        assert mismatch.today.fingerprint != mismatch.was.fingerprint

    def test_for_a_fault_of_the_vendors_code(self, hookline: Installation) -> None:
        class Faulty(BrokenCatalogue):
            def decode(self, record: Any) -> Any:
                raise ZeroDivisionError("a secret")

        outcome = redrive(hookline, rules=Faulty())
        mismatch = outcome.remaining[0]
        assert mismatch.today.reason == "internal"
        assert "secret" not in mismatch.today.message

    def test_because_no_endpoint_wrote_it(self, hookline: Installation) -> None:
        hookline.log.append(hookline.topics.dead, 0, None, None, [])
        headers = [("hookline_raw", b"0:99"), ("hookline_reason", b"unknown_event")]
        hookline.log.append(hookline.topics.dead, 0, b"k", b"{}", headers)
        outcome = redrive(hookline)
        assert (outcome.redriven, outcome.remained) == (2, 3)
        assert {one.today.reason: one.count for one in outcome.remaining} == {
            "unknown_event": 2,
            "not_json": 1,
        }
