"""A shadow against the live rows: what differs in which, and how often."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from app.kafka.log import Progress
from app.read.compare import Difference
from app.read.row_json import INTERNAL
from app.replay.beside import Beside
from app.replay.succession import OTHER, Succession, Verdict

_ELEMENT = re.compile(r"\[.*\]")
_TOP = re.compile(r"\w+")
INVISIBLE = "(ledger and fold)"
MOST = 1_000  # fields told apart: vendors name attributes as they like
OTHERS = "(other fields)"


class Field(msgspec.Struct, kw_only=True):
    """A field that differs in `rows` rows, and one of them."""

    rows: int = 0
    key: str = ""
    example: Difference | None = None


class Compared(msgspec.Struct, kw_only=True):
    """Rows by verdict; of those changed, which fields differ: `contact.name`, `outcomes[].notes`.
    Where they do only in what readers do not see, that is a field, too.
    """

    rows: Counter[Verdict] = msgspec.field(default_factory=Counter)
    fields: dict[str, Field] = {}

    @property
    def others(self) -> int:
        """Rows that would be other ones, or would come or go."""
        return sum(self.rows[verdict] for verdict in OTHER)

    def counts(self) -> list[tuple[Verdict, int]]:
        return sorted(self.rows.items())

    def by_rows(self) -> list[tuple[str, Field]]:
        """Fields, those first that differ in most rows."""
        return sorted(self.fields.items(), key=lambda one: (-one[1].rows, one[0]))

    def add(self, one: Succession) -> None:
        self.rows[one.verdict] += 1
        if one.verdict != "changed" or one.why is not None:
            return
        seen = {_ELEMENT.sub("[]", shown.field): shown for shown in visible(one.differences)}
        for name, example in seen.items() if seen else [(INVISIBLE, None)]:
            known = name if name in self.fields or len(self.fields) < MOST else OTHERS
            field = self.fields.setdefault(known, Field(key=one.key, example=example))
            field.rows += 1


def compare(
    beside: Beside,
    projected: Mapping[int, int],
    compared: Compared,
    progress: Progress | None = None,
) -> Iterator[Succession]:
    """Every row that either has; all are counted in `compared`. `projected`: how far the worker has
    come, by partition.
    """
    meter = beside.meter(progress)
    for number in beside.partitions:
        with beside.partition(number, projected.get(number, 0), meter) as successor:
            for one in successor.successions():
                compared.add(one)
                yield one


def visible(differences: list[Difference]) -> list[Difference]:
    """Those of the fields that readers see."""
    return [one for one in differences if _TOP.findall(one.field)[0] not in INTERNAL]
