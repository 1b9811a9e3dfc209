"""The history of one row: what each of its webhooks changed, and the row as of any moment."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from app.core.projection import AnyRow
from app.core.webhook import RawRecord
from app.history.course import Course, Step
from app.history.describe import describe
from app.history.difference import difference
from app.history.expired import Expired
from app.history.moment import Change, Moment
from app.history.rules import Rules
from app.history.webhooks import Webhooks
from app.read.avro_json import Plain


class History:
    """Of the row of one key. What is not asked for is not worked out."""

    def __init__(self, webhooks: Webhooks, rules: Rules) -> None:
        self.webhooks = webhooks
        self.rules = rules

    @cached_property
    def expired(self) -> Expired | None:
        """Why nobody can tell what webhooks changed, or what the row was; None where one can."""
        gone = self.webhooks.expired
        if not gone:
            return None
        return Expired(
            key=self.webhooks.key,
            count=len(gone),
            total=len(self.webhooks.named or {}),
            last_at=max(entry.at for entry in gone),
        )

    def timeline(self, first: int = 0, last: int | None = None) -> list[Moment]:
        """The webhooks from number `first` up to, and without, number `last`, in log order."""
        records = self.webhooks.records[first:last]
        steps = self._steps(first, records)
        return [
            describe(record, self.webhooks, steps.get(record.offset), self.rules)
            for record in records
        ]

    def _steps(self, first: int, records: Sequence[RawRecord]) -> dict[int, Step]:
        """Of those of the records that the row takes, by offset."""
        if self.expired is not None:
            return {}
        before = sum(map(self._is_folded, self.webhooks.records[:first]))
        taken = [record.offset for record in records if self._is_folded(record)]
        steps = self._course.steps(before, before + len(taken))
        return dict(zip(taken, steps, strict=True))

    def _is_folded(self, record: RawRecord) -> bool:
        return self.webhooks.standing(record) == "folded"

    @cached_property
    def _course(self) -> Course:
        records = [*filter(self._is_folded, self.webhooks.records)]
        return Course(self.webhooks.table, self.webhooks.key, records, self.rules)

    def row_at(self, at: int) -> AnyRow | None:
        """The row as of a time (microseconds): that of the webhooks received up to then; None
        where it makes none. Raises Expired.
        """
        if self.expired is not None:
            raise self.expired
        return self._course.row_of([one for one in self._course.records if one.received_at <= at])

    def difference(self, from_at: int, to_at: int) -> list[Change]:
        """What the row of one time differs in from that of a later one. Raises Expired."""
        after = self._shown_at(to_at)
        return (
            []
            if after is None
            else difference(self.rules.rows, self.webhooks.table, self._shown_at(from_at), after)
        )

    def _shown_at(self, at: int) -> dict[str, Plain] | None:
        row = self.row_at(at)
        return None if row is None else self.rules.rows.of(self.webhooks.table, row)
