"""What came of a redrive, or would come of one."""

from __future__ import annotations

from collections import Counter

import msgspec

from app.core.projection import AnyRow, Table
from app.core.undecodable import Undecodable, fingerprint
from app.read.compare import Difference
from app.read.dead_letters import Letter


class Cause(msgspec.Struct, frozen=True):
    """Why a letter is dead."""

    fingerprint: str
    reason: str
    path: str
    message: str


class Remains(msgspec.Struct, kw_only=True):
    """Letters that stay dead, alike in why they were dead and in why they would be again.

    `example` is the raw place of one of them.
    """

    vendor: str
    event: str
    was: Cause
    today: Cause
    count: int
    example: str

    @property
    def changed(self) -> bool:
        """Whether it is another cause today."""
        return (self.was.reason, self.was.path) != (self.today.reason, self.today.path)


class Outcome(msgspec.Struct, kw_only=True):
    """Counts of the letters that were chosen.

    `redriven`: appended to the raw log and closed; in a preview, those that would be.
    `closed_before`: redriven by an earlier run. `remaining`: left, because they would be dead
    again, the most frequent first. `effects` (of a preview only): those redriven by what they
    would do to their rows: applied, duplicate (the row has another delivery of it), event_only.
    """

    redriven: int = 0
    closed_before: int = 0
    remaining: list[Remains] = []
    effects: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def remained(self) -> int:
        return sum(one.count for one in self.remaining)

    @property
    def chosen(self) -> int:
        return self.redriven + self.closed_before + self.remained


class Left:
    """Collects letters that stay dead."""

    def __init__(self) -> None:
        self._alike: dict[tuple[str, str, str], Remains] = {}

    def add(self, letter: Letter, why: Undecodable) -> None:
        today = fingerprint(letter.type, why)
        alike = letter.type, letter.fingerprint, today
        if alike in self._alike:
            self._alike[alike].count += 1
            return
        self._alike[alike] = Remains(
            vendor=letter.vendor,
            event=letter.event,
            was=Cause(letter.fingerprint, letter.reason, letter.path, letter.message),
            today=Cause(today, why.reason, why.path, str(why)),
            count=1,
            example=letter.raw,
        )

    def all(self) -> list[Remains]:
        return sorted(
            self._alike.values(),
            key=lambda one: (-one.count, one.vendor, one.event, one.was.reason, one.was.path),
        )


class RowChange(msgspec.Struct, frozen=True, kw_only=True):
    """A row that a redrive would change. `before` is None where it would make the row.

    `differences`: left is the row as it is (one that is not there is one of which nothing was
    said), right as it would be. `letters` are the raw places of the dead letters that would do it.
    """

    table: Table
    key: str
    before: AnyRow | None
    after: AnyRow
    differences: list[Difference]
    letters: list[str]
