"""What would become of each live row if the rows of a shadow took their place."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.core.projection import Table
from app.read.compare import Difference

Verdict = Literal["equal", "changed", "new", "gone", "kept", "ahead"]
MEANS: dict[Verdict, str] = {
    "equal": "both are the same",
    "changed": "the shadow's is another",
    "new": "only the shadow has it",
    "gone": "only the live rows have it, and the raw log makes no such row",
    "kept": "the live one holds webhooks that the raw log no longer has: it stays",
    "ahead": "the shadow has read webhooks of it that the worker has not come to",
}
"""In the words that people read."""
OTHER: tuple[Verdict, ...] = ("changed", "new", "gone")
"""Those that a cut-over writes."""


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    """Of one row; `stored` is its key as it lies in the topic.

    In `differences` of a changed one, left is the live row and right the shadow's, ledger and fold
    among them; `why` says what is wrong with a live one that cannot be read.
    """

    table: Table
    key: str
    stored: bytes
    verdict: Verdict
    differences: list[Difference] = []
    why: str | None = None
