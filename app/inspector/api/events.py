"""Live changes as server-sent events."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import msgspec

from app.inspector.api.operation import Operation
from app.inspector.api.status import view_status
from app.inspector.inspection import Inspection
from app.inspector.view.news import Change, Letters, Told

PATH = "/api/events"
_TELL_EVERY_S = 1.0


def operation() -> Operation:
    return Operation(
        id="follow",
        path=PATH,
        summary=(
            "Server-sent events without end: `row` {key, kind, phase, partition, offset} for each "
            "row written (phase null: deleted), `dead_letters` {keys}, `missed` where there were "
            "more than this connection took, `view` every second: see /api/status"
        ),
        schema={"type": "string"},
        media_type="text/event-stream",
    )


async def events(inspection: Inspection) -> AsyncIterator[bytes]:
    """Until the inspector ends, or whoever asked goes away."""
    yield b"retry: 1000\n\n"
    async with inspection.news.listen() as listener:
        due = 0.0
        while not listener.over:
            if time.monotonic() >= due:
                due = time.monotonic() + _TELL_EVERY_S
                yield _event("view", view_status(inspection, time.time_ns() // 1_000))
            told = await listener.next(max(0.0, due - time.monotonic()))
            if told:
                yield b"".join(map(_told, told))


def _told(one: Told) -> bytes:
    match one:
        case Change():
            return _event("row", one)
        case Letters():
            return _event("dead_letters", one)
        case _:
            return _event("missed", {})


def _event(name: str, data: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(data))
