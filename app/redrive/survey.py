"""Which letters of their topic are open and chosen: found without holding their bodies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from app.core.undecodable import Undecodable
from app.core.webhook import NotARawRecord
from app.kafka.log import Progress
from app.kafka.record import Span
from app.read.dead_letters import Letter, as_raw_record, letter
from app.read.reader import Reader
from app.redrive.choice import Choice
from app.redrive.today import Today


class Survey(msgspec.Struct, frozen=True):
    """`open`: where the chosen letters lie that are open, offsets by partition of their topic;
    `closed`: how many of those chosen were redriven before.
    """

    open: Mapping[int, frozenset[int]]
    closed: int

    @property
    def spans(self) -> dict[int, Span]:
        """What is to be read to come by them again."""
        return {number: Span(min(some), max(some) + 1) for number, some in self.open.items()}


def survey(
    reader: Reader,
    topic: str,
    spans: Mapping[int, Span],
    choice: Choice,
    today: Today,
    progress: Progress | None = None,
) -> Survey:
    """Read all letters. A closing one may stand anywhere behind the one that it closes, and so may
    the same letter again: of those chosen, the first of a raw record counts.
    """
    chosen: dict[str, tuple[int, int]] = {}
    closed: set[str] = set()
    for record in reader.read(topic, spans, progress):
        one = letter(record)
        if one.closes:
            closed.add(one.known_by)
        elif one.known_by not in chosen and _takes(choice, one, today):
            chosen[one.known_by] = record.partition, record.offset
    still_open: dict[int, set[int]] = {}
    for raw, (partition, offset) in chosen.items():
        if raw not in closed:
            still_open.setdefault(partition, set()).add(offset)
    return Survey(
        {number: frozenset(some) for number, some in still_open.items()},
        sum(raw in closed for raw in chosen),
    )


def chosen_letters(
    reader: Reader, topic: str, found: Survey, progress: Progress | None = None
) -> Iterator[Letter]:
    """Those that a survey found open, whole; of one partition in their order."""
    for record in reader.read(topic, found.spans, progress):
        if record.offset in found.open[record.partition]:
            yield letter(record)


def redrivable(
    reader: Reader,
    topic: str,
    still_open: Iterable[Letter],
    today: Today,
    progress: Progress | None = None,
) -> set[str]:
    """Of some open letters, those that decode today, by what each is `known_by`. They may be
    without their bodies, which are read again.
    """
    places = defaultdict[int, set[int]](set)
    for one in still_open:
        places[one.partition].add(one.offset)
    found = Survey({number: frozenset(some) for number, some in places.items()}, closed=0)
    letters = chosen_letters(reader, topic, found, progress)
    return {one.known_by for one in letters if today.why(one) is None}


def _takes(choice: Choice, one: Letter, today: Today) -> bool:
    if not choice.may_take(one):
        return False
    return choice.takes_key(one.key) or choice.takes_key(*_key_today(one, today))


def _key_today(one: Letter, today: Today) -> list[str]:
    try:
        return [today.catalogue.name(as_raw_record(one)).key]
    except (NotARawRecord, Undecodable):
        return []
    except Exception:  # noqa: BLE001
        return []  # A vendor's code that fails on one letter stops no redrive of the others.
