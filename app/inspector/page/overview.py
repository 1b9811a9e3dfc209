"""The first screen: is all well, and where is it not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.core.projection import TABLES
from app.inspector.page.links import LISTS, with_query
from app.inspector.page.one import NAMES
from app.inspector.page.screen import Answer, Ask, Screen
from app.inspector.page.times import SECOND
from app.inspector.view.row_query import RowQuery
from app.inspector.view.view import Tallied
from app.read.row_filter import PHASES

_CAUSES = 6
_SILENT = 30 * 60 * SECOND


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """One phase among those of its kind. `x` and `width` are thousandths."""

    phase: str
    rows: int
    link: str
    x: float
    width: float


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    link: str
    rows: int
    shares: list[Share]


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came from one source: distinct webhooks, and of them late ones; duplicates beside."""

    source: str
    vendor: str
    rows: int
    events: int
    duplicates: int
    late: int


def overview_screen(ask: Ask) -> Answer:
    inspected = ask.inspected
    tallies = inspected.view.tallies()
    series = inspected.rates.series()
    received = [(int(one.at * SECOND), one.received) for one in series]
    waited = [(int(one.at * SECOND), one.lag) for one in series if one.lag is not None]
    silent = RowQuery(quiet_before=ask.now - _SILENT)
    context: dict[str, Any] = {
        "kinds": _kinds(tallies),
        "sources": _sources(tallies),
        "away": inspected.freshness().away,
        "partitions": inspected.partitions(),
        "received": received,
        "rate": inspected.rates.now(),
        "received_bars": bars(received),
        "waited": waited,
        "waited_bars": bars(waited),
        "groups": [one for one in inspected.view.letter_groups() if one.count][:_CAUSES],
        "closed_letters": inspected.view.closed_letters(),
        "endpoint": inspected.neighbour.endpoint(),
        "given_up": ask.raw_log.given_up(),
        "silent": len(inspected.view.rows(silent, 100).items),
    }
    return Screen(template="overview.html", context=context, here="overview")


def _kinds(tallies: Iterable[Tallied]) -> list[Kind]:
    rows: dict[str, dict[str, int]] = {table: defaultdict(int) for table in TABLES}
    for one in tallies:
        rows[one.kind][one.phase] += one.rows
    kinds: list[Kind] = []
    for table in TABLES:
        total, x = sum(rows[table].values()), 0.0
        shares: list[Share] = []
        for phase in PHASES[table]:
            count = rows[table][phase]
            width = 1000 * count / max(1, total)
            link = with_query(LISTS[table], phase=phase)
            shares.append(Share(phase=phase, rows=count, link=link, x=x, width=width))
            x += width
        kinds.append(Kind(name=NAMES[table], link=LISTS[table], rows=total, shares=shares))
    return kinds


def _sources(tallies: Iterable[Tallied]) -> list[SourceLine]:
    sums: dict[tuple[str, str], list[int]] = {}
    for one in tallies:
        of = sums.setdefault((one.source, one.vendor), [0, 0, 0, 0])
        for n, count in enumerate((one.rows, one.events, one.duplicates, one.late)):
            of[n] += count
    return [
        SourceLine(source=source, vendor=vendor, rows=r, events=e, duplicates=d, late=late)
        for (source, vendor), (r, e, d, late) in sorted(sums.items())
    ]


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """Of a plot that needs no script, in thousandths of its width and hundredths of its height."""

    x: float
    width: float
    y: float
    height: float


def bars(points: Sequence[tuple[int, float]]) -> list[Bar]:
    most = max((count for _, count in points), default=0) or 1
    step = 1000 / max(1, len(points))
    return [
        Bar(x=n * step, width=step * 0.8, y=100 - 100 * count / most, height=100 * count / most)
        for n, (_, count) in enumerate(points)
    ]
