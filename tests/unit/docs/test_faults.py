"""docs/faults.md: each fault of the trials is in it, and each test that it names is there."""

from __future__ import annotations

import re

from tests.faults.chain_plan import FAULTS
from tests.faults.plan import WEIGHTS
from tests.unit.docs.pages import DOCS, page, tables


def test_every_fault_is_listed() -> None:
    listed = [row[0] for row in tables("faults.md")]
    assert listed[: len(FAULTS)] == list(FAULTS)
    assert ", ".join(listed[len(FAULTS) :]).split(", ") == list(WEIGHTS)


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", page("faults.md")))
    tests = "".join(path.read_text() for path in (DOCS.parent / "tests").rglob("test_*.py"))
    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()
