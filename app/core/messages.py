"""Messages of a conversation: each counted once, however many events speak of it.

What decides a message's class is the greatest (event time, event id) that speaks of it; its time
is the earliest that its events state. The ledger knows both of every message; for contents see
`app.core.recent_messages`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from app.core.facts import MessageClass
from app.core.ledger import Entry, Ledger

EARLIEST = 4  # times of outbound messages kept, to find the first reply without the ledger
SIZE = 8  # bytes of each


class Counts(msgspec.Struct, kw_only=True, gc=False):
    """Distinct messages by class."""

    inbound: int = 0
    outbound: int = 0
    automated: int = 0
    notes: int = 0
    activity: int = 0


class Times(msgspec.Struct, kw_only=True, gc=False):
    """What the first reply is found from. Microseconds; `earliest_outbound` ascends, 8 bytes
    (big-endian) a time.
    """

    first_inbound_at: int | None = None
    earliest_outbound: bytes = b""
    timed_outbound: int = 0


class HasMessages(Protocol):
    """The part of a conversation's row that messages make."""

    messages: Counts
    first_message_at: int | None
    last_message_at: int | None
    first_reply_at: int | None


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """What a set of mentions says of one message. `at` 0: none states its time."""

    cls: MessageClass
    at: int


def is_shown(cls: str) -> bool:
    """Notes and activity are not messages for phase, times and recent messages."""
    return cls not in ("note", "activity")


def resolve(mentions: Iterable[Entry]) -> Resolved:
    """Class by the greatest (event time, event id), time by the earliest stated."""
    latest: Entry | None = None
    at = 0
    for entry in mentions:
        if latest is None or (entry.at, entry.event) > (latest.at, latest.event):
            latest = entry
        if entry.message_at and (not at or entry.message_at < at):
            at = entry.message_at
    if latest is None:
        raise ValueError("no mentions")
    return Resolved(latest.cls, at)


def count(counts: Counts, cls: MessageClass, by: int) -> None:
    match cls:
        case "inbound":
            counts.inbound += by
        case "outbound":
            counts.outbound += by
        case "automated":
            counts.automated += by
        case "note":
            counts.notes += by
        case "activity":
            counts.activity += by


def place(row: HasMessages, times: Times, cls: MessageClass, at: int) -> bool:
    """Take a new message into the row's times. False where only the whole ledger can tell the
    first reply: the row's times are then to be made again.
    """
    if not at or not is_shown(cls):
        return True
    if row.first_message_at is None or at < row.first_message_at:
        row.first_message_at = at
    if row.last_message_at is None or at > row.last_message_at:
        row.last_message_at = at
    if cls == "outbound":
        _place_outbound(row, times, at)
    elif cls == "inbound" and (times.first_inbound_at is None or at < times.first_inbound_at):
        times.first_inbound_at = at
        return _find_first_reply(row, times)
    return True


def _place_outbound(row: HasMessages, times: Times, at: int) -> None:
    times.timed_outbound += 1
    earliest, time = times.earliest_outbound, _packed(at)
    if len(earliest) < EARLIEST * SIZE or time < earliest[-SIZE:]:
        times.earliest_outbound = b"".join(sorted([*_each(earliest), time])[:EARLIEST])
    first = times.first_inbound_at
    if first is not None and at > first and (row.first_reply_at is None or at < row.first_reply_at):
        row.first_reply_at = at


def _find_first_reply(row: HasMessages, times: Times) -> bool:
    earliest = times.earliest_outbound
    inbound = _packed(times.first_inbound_at or 0)
    for time in _each(earliest):
        if time > inbound:
            row.first_reply_at = int.from_bytes(time, "big")
            return True
    row.first_reply_at = None
    return times.timed_outbound * SIZE <= len(earliest)


def _packed(at: int) -> bytes:
    return at.to_bytes(SIZE, "big")


def _each(times: bytes) -> Iterator[bytes]:
    return (times[n : n + SIZE] for n in range(0, len(times), SIZE))


def recount(row: HasMessages, times: Times, ledger: Ledger) -> None:
    """Make counts and times again from the whole ledger: after a message changed its class or
    its time, which is rare.
    """
    mentions: dict[bytes, list[Entry]] = {}
    for entry in ledger.entries():
        if entry.kind and not entry.duplicate:
            mentions.setdefault(entry.message, []).append(entry)
    messages = [resolve(entries) for entries in mentions.values()]
    row.messages = Counts()
    for message in messages:
        count(row.messages, message.cls, 1)
    timed = sorted(m.at for m in messages if m.at and is_shown(m.cls))
    row.first_message_at = timed[0] if timed else None
    row.last_message_at = timed[-1] if timed else None
    inbound = [m.at for m in messages if m.at and m.cls == "inbound"]
    outbound = sorted(m.at for m in messages if m.at and m.cls == "outbound")
    first_inbound = min(inbound, default=None)
    times.first_inbound_at = first_inbound
    times.earliest_outbound = b"".join(map(_packed, outbound[:EARLIEST]))
    times.timed_outbound = len(outbound)
    replies = len(outbound) if first_inbound is None else bisect_right(outbound, first_inbound)
    row.first_reply_at = outbound[replies] if replies < len(outbound) else None
