"""The history of a row as JSON, the same from the command line and from the inspector: Avro names,
times as ISO text. What is written here is read here, too, by whoever asks the inspector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from app.core.times import micros
from app.core.webhook import JSON, iso, place_of
from app.history.moment import Badge, Change, Moment, Why
from app.history.page import Gone, Page
from app.read.avro_json import Plain

_MILLISECOND = 1_000


def page_json(page: Page, *, bodies: bool) -> dict[str, Any]:
    """`bodies`: with headers, raw body and decoded event of each webhook."""
    gone = page.expired
    return {
        "key": page.key,
        "kind": page.table,
        "phase": page.phase,
        "total": page.total,
        "expired": gone and {"webhooks": gone.webhooks, "last_at": iso(gone.last_at)},
        "whole": page.whole,
        "items": [moment_json(one, bodies=bodies) for one in page.items],
        "next": page.next,
    }


def moment_json(moment: Moment, *, bodies: bool) -> dict[str, Any]:
    """`body` is text; what is not UTF-8 in it is replaced."""
    lateness = moment.lateness
    shown: dict[str, Any] = {
        "raw": moment.raw,
        "id": moment.id,
        "type": moment.type,
        "schema_version": moment.schema_version,
        "received_at": iso(moment.received_at),
        "event_at": None if moment.event_at is None else iso(moment.event_at),
        "lateness_ms": None if lateness is None else lateness // _MILLISECOND,
        "delivery": moment.delivery,
        "badges": moment.badges,
        "why": moment.why,
        "redriven_as": moment.redriven_as,
        "stands_in_for": moment.stands_in_for,
        "changes": moment.changes,
    }
    if bodies:
        shown |= {
            "event": moment.event,
            "headers": {name: value.decode(errors="replace") for name, value in moment.headers},
            "body": moment.body.decode(errors="replace"),
        }
    return shown


def changes_json(
    key: str, kind: str, from_at: int, to_at: int, changes: Sequence[Change]
) -> dict[str, Any]:
    """What a row of one time differs in from that of another."""
    return {
        "key": key,
        "kind": kind,
        "from": iso(from_at),
        "to": iso(to_at),
        "changes": changes,
    }


def read_page(said: Mapping[str, Any]) -> Page:
    """What `page_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    gone = said["expired"]
    return Page(
        table=said["kind"],
        key=said["key"],
        phase=said["phase"],
        total=said["total"],
        expired=gone and Gone(webhooks=gone["webhooks"], last_at=micros(gone["last_at"])),
        whole=said["whole"],
        items=[_moment(one) for one in said["items"]],
        next=said["next"],
    )


def _change(said: Mapping[str, Plain]) -> Change:
    before, after = said.get("before", UNSET), said.get("after", UNSET)
    return Change(path=str(said["path"]), before=before, after=after)


def _moment(said: Mapping[str, Any]) -> Moment:
    place = place_of(said["raw"])
    if place is None:
        raise ValueError(f"{said['raw']!r} is no place")
    headers: Mapping[str, str] = said.get("headers", {})
    event: dict[str, Plain] | None = said.get("event")
    return Moment(
        partition=place[0],
        offset=place[1],
        id=said["id"],
        type=said["type"],
        received_at=micros(said["received_at"]),
        event_at=None if said["event_at"] is None else micros(said["event_at"]),
        badges=msgspec.convert(said["badges"], list[Badge]),
        changes=None if said["changes"] is None else [_change(one) for one in said["changes"]],
        schema_version=said["schema_version"],
        why=msgspec.convert(said["why"], Why | None),
        redriven_as=said["redriven_as"],
        stands_in_for=said["stands_in_for"],
        delivery=said["delivery"],
        event=event,
        headers=[(name, value.encode()) for name, value in headers.items()],
        content_type=headers.get("content-type", JSON),
        body=said.get("body", "").encode(),
    )
