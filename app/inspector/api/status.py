"""How everything is: the view, the workers, the rows, the dead letters, the endpoint."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from app.core.webhook import iso
from app.inspector.api.documents import array, record, ref
from app.inspector.api.operation import Asked, Operation
from app.inspector.inspection import Inspection
from app.inspector.neighbour import Endpoint
from app.inspector.rates import EVERY_S, Rate
from app.inspector.view.condition import Doing
from app.inspector.view.file import NoView

_SECOND = 1_000_000


class ViewStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Of what is shown. `progress` is from 0 to 1; `age_s` is how old the last moment is of which
    the view holds everything.
    """

    doing: Doing
    why: str | None
    made_anew: str | None
    progress: float
    left: int
    rows_per_s: float | None
    fresh_as_of: datetime | None
    age_s: float | None
    unreadable: int


class PartitionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Of the raw log: its end, up to where it was worked off, by whom."""

    partition: int
    end: int
    committed: int | None
    lag: int | None
    owner: str | None
    host: str | None


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """A second, over the last minute: webhooks received and worked off, rows and dead letters
    written.
    """

    received: float
    processed: float | None
    written: float


class RowStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that are alike, and what they add up to."""

    kind: str
    source: str
    vendor: str
    phase: str
    rows: int
    events: int
    duplicates: int
    late: int


class LetterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`reasons` of those that are open."""

    open: int
    redriven: int
    reasons: dict[str, int]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` and `dead_letters` are empty, `lag` null, where that is not known (yet)."""

    topic_prefix: str
    bootstrap: str
    now: datetime
    view: ViewStatus
    partitions: list[PartitionStatus]
    lag: int | None
    rates: Rates | None
    rows: list[RowStatus]
    dead_letters: LetterStatus
    endpoint: Endpoint


DOCUMENTS = (Status,)


def operations() -> list[Operation]:
    number, maybe = {"type": "number"}, {"type": ["number", "null"]}
    point = record(
        at={"type": "string", "format": "date-time"},
        received=number,
        processed=maybe,
        written=number,
        lag=maybe,
    )
    return [
        Operation(
            id="get_status",
            path="/api/status",
            summary="Lag and owners, rates, phases, lateness, duplicates, dead letters, freshness",
            schema=ref("Status"),
            answer=_status,
        ),
        Operation(
            id="get_rates",
            path="/api/rates",
            summary=f"The last hour, every {EVERY_S:.0f} seconds, the oldest first; a second each",
            schema=record(items=array(point)),
            answer=_rates,
        ),
    ]


def _status(inspection: Inspection, asked: Asked) -> Status:
    try:
        rows = [RowStatus(**one._asdict()) for one in inspection.view.tallies()]
        reasons = inspection.view.open_letters()
        redriven = inspection.view.closed_letters()
    except NoView:
        rows, reasons, redriven = [], {}, 0
    rate = inspection.rates.now()
    return Status(
        topic_prefix=inspection.topics.prefix,
        bootstrap=inspection.kafka.bootstrap,
        now=_time(asked.now),
        view=view_status(inspection, asked.now),
        partitions=_partitions(inspection),
        lag=inspection.freshness().waiting,
        rates=None if rate is None else _present(rate),
        rows=rows,
        dead_letters=LetterStatus(open=sum(reasons.values()), redriven=redriven, reasons=reasons),
        endpoint=inspection.neighbour.endpoint(),
    )


def view_status(inspection: Inspection, now: int) -> ViewStatus:
    found = inspection.condition
    as_of = found.fresh_as_of
    return ViewStatus(
        doing=found.doing,
        why=found.why,
        made_anew=found.made_anew,
        progress=round(found.progress, 4),
        left=found.left,
        rows_per_s=found.rows_per_s,
        fresh_as_of=None if as_of is None else _time(int(as_of * _SECOND)),
        age_s=None if as_of is None else round(max(0.0, now / _SECOND - as_of), 3),
        unreadable=found.unreadable,
    )


def _partitions(inspection: Inspection) -> list[PartitionStatus]:
    standing = inspection.follower.gauge.standing
    if standing is None:
        return []
    owners = inspection.follower.watch.owners
    return [
        PartitionStatus(
            partition=number,
            end=end,
            committed=standing.committed.get(number),
            lag=max(0, end - standing.committed.get(number, 0)) if standing.committed else None,
            owner=owners[number].member if number in owners else None,
            host=owners[number].host if number in owners else None,
        )
        for number, end in sorted(standing.raw_ends.items())
    ]


def _present(rate: Rate) -> Rates:
    return Rates(received=rate.received, processed=rate.processed, written=rate.written)


def _rates(inspection: Inspection, _: Asked) -> dict[str, Any]:
    return {
        "items": [
            {**msgspec.structs.asdict(one), "at": iso(int(one.at * _SECOND))}
            for one in inspection.rates.series()
        ]
    }


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / _SECOND, UTC)
