"""What a comparison of rows with the raw log found."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

from app.core.projection import Table
from app.read.compare import Difference

Verdict = Literal[
    "equal",
    "older fold",
    "expired",
    "differs",
    "behind",
    "missing",
    "unexpected",
    "newer fold",
    "unreadable",
]
MEANS: dict[Verdict, str] = {
    "equal": "the raw log gives the very same row",
    "older fold": "made by an older version of the rules: `hookline replay` brings it up to date",
    "expired": "some of its raw records are no longer kept, so it cannot be proved",
    "differs": "the raw log gives another row",
    "behind": "the worker has passed raw records of its key that it does not hold",
    "missing": "the raw log gives a row, and there is none",
    "unexpected": "no raw record makes such a row",
    "newer fold": "made by a newer version of the rules: run that version of Hookline",
    "unreadable": "its value is no row",
}
"""In the words that people read, on the page as in the terminal."""
WRONG: tuple[Verdict, ...] = (
    "differs",
    "behind",
    "missing",
    "unexpected",
    "newer fold",
    "unreadable",
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Of one row. In `differences`, left is the row and right what the raw log gives.

    `offset` is the row's, None where there is no row; `records` are the raw places
    (`<partition>:<offset>`) that it ought to hold and does not; `why` is for unreadable ones.
    """

    table: Table
    key: str
    verdict: Verdict
    offset: int | None = None
    fold_version: int | None = None
    differences: list[Difference] = []
    records: list[str] = []
    why: str | None = None

    @property
    def wrong(self) -> bool:
        return self.verdict in WRONG


class Tally(msgspec.Struct, kw_only=True):
    """Counts over all rows and raw records that were looked at.

    `waiting`: raw records that the worker has not come to, which nothing is concluded from.
    `dead`: those that cannot be decoded, or could not when the worker met them; `redrivable`: of
    these, what today's Hookline decodes. `redriven`: those that could not be decoded, and for which
    a copy was appended. `foreign`: not written by an endpoint.
    """

    rows: Counter[Verdict] = msgspec.field(default_factory=Counter)
    records: int = 0
    waiting: int = 0
    dead: int = 0
    redrivable: int = 0
    redriven: int = 0
    foreign: int = 0

    def add(self, other: Tally) -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def wrong(self) -> int:
        return sum(self.rows[verdict] for verdict in WRONG)
