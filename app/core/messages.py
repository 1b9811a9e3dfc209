"""Messages of a conversation: each counted once, however many events speak of it.

What decides a message's class is the greatest (event time, event id) that speaks of it; its time
is the earliest that its events state; its text the latest. The ledger knows every message's
class and time; the fold keeps the contents of the newest.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

import msgspec

from app.core import facts
from app.core.facts import MessageClass
from app.core.ledger import Entry, Ledger
from app.core.stamps import NEVER

SHOWN = 8  # messages in the row's recent_messages
KEPT = 32  # messages whose content the fold keeps, so that late corrections stay exact; as many
# notes and activity beside them, and messages whose time is not known yet
EARLIEST = 16  # times of outbound messages kept, to find the first reply without the ledger

_UPDATE, _FIRST = b"\1", b"\0"


class Counts(msgspec.Struct, kw_only=True):
    """Distinct messages by class."""

    inbound: int = 0
    outbound: int = 0
    automated: int = 0
    notes: int = 0
    activity: int = 0


class Recent(msgspec.Struct, kw_only=True):
    """A message as the row shows it. Never changed; `encoded` is the encoder's own."""

    id: str
    direction: str
    content_type: str | None
    text: str | None
    at: int
    encoded: str | None = None


class Kept(msgspec.Struct, kw_only=True):
    """A message's content and what decided it. `at` 0: no event has stated its time yet.

    `text_by` and `type_by` are stamps with one byte more before the event id, so that between
    two of the same time an update's wins. `encoded` is the encoder's own: None after any
    change.
    """

    id: str
    at: int
    cls: MessageClass
    text: str | None = None
    text_by: bytes = NEVER
    content_type: str | None = None
    type_by: bytes = NEVER
    encoded: str | None = None


class Times(msgspec.Struct, kw_only=True):
    """What the first reply is found from. Microseconds; `earliest_outbound` ascends."""

    first_inbound_at: int | None = None
    earliest_outbound: list[int] = []
    timed_outbound: int = 0


class HasMessages(Protocol):
    """The part of a conversation's row that messages make."""

    messages: Counts
    first_message_at: int | None
    last_message_at: int | None
    first_reply_at: int | None
    recent_messages: list[Recent]
    last_message: Recent | None


class Resolved(NamedTuple):
    """What a set of mentions says of one message. `at` 0: none states its time."""

    cls: MessageClass
    at: int


def is_shown(cls: MessageClass) -> bool:
    """Notes and activity are not messages for phase, times and recent messages."""
    return cls not in ("note", "activity")


@lru_cache(maxsize=4_096)
def id_order(id: str) -> tuple[int, int, str]:
    """Ids in order: as numbers where they are numbers, and those before the others."""
    return (0, int(id), id) if id.isdecimal() and id.isascii() else (1, 0, id)


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
    name = "notes" if cls == "note" else cls
    setattr(counts, name, getattr(counts, name) + by)


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
    earliest = times.earliest_outbound
    if len(earliest) < EARLIEST or at < earliest[-1]:
        insort(earliest, at)
        del earliest[EARLIEST:]
    first = times.first_inbound_at
    if first is not None and at > first and (row.first_reply_at is None or at < row.first_reply_at):
        row.first_reply_at = at


def _find_first_reply(row: HasMessages, times: Times) -> bool:
    earliest = times.earliest_outbound
    n = bisect_right(earliest, times.first_inbound_at or 0)
    if n < len(earliest):
        row.first_reply_at = earliest[n]
        return True
    row.first_reply_at = None
    return times.timed_outbound <= len(earliest)


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
    times.earliest_outbound = outbound[:EARLIEST]
    times.timed_outbound = len(outbound)
    replies = len(outbound) if first_inbound is None else bisect_right(outbound, first_inbound)
    row.first_reply_at = outbound[replies] if replies < len(outbound) else None


def keep(
    row: HasMessages,
    kept: list[Kept],
    message: facts.Message,
    resolved: Resolved,
    by: bytes,
    *,
    known: bool,
) -> None:
    """Take a mention's content into the kept messages (ascending by time, then id), and show the
    newest. `known`: was the message spoken of before?
    """
    one = _find(kept, message.id) if known else None
    if one is None:
        one = Kept(id=message.id, at=resolved.at, cls=resolved.cls)
        newest = not kept or kept[-1].at < one.at
        kept.append(one)
        _take_content(one, message, by)
    else:
        newest = False
        one.encoded = None
        one.at, one.cls = resolved.at, resolved.cls
        _take_content(one, message, by)
    if not newest:
        kept.sort(key=_order)
    if len(kept) > KEPT:
        _drop_oldest(kept)
    _show(row, kept, one, newest=newest)


def _find(kept: list[Kept], id: str) -> Kept | None:
    for one in kept:
        if one.id == id:
            return one
    return None


def _take_content(one: Kept, message: facts.Message, by: bytes) -> None:
    content_by = by[:8] + (_UPDATE if message.update else _FIRST) + by[8:]
    if message.text is not None and content_by > one.text_by:
        one.text, one.text_by = message.text, content_by
    if message.content_type is not None and content_by > one.type_by:
        one.content_type, one.type_by = message.content_type, content_by


def _order(one: Kept) -> tuple[int, tuple[int, int, str]]:
    return (one.at, id_order(one.id))


def _drop_oldest(kept: list[Kept]) -> None:
    shown = aside = timeless = 0
    for n in range(len(kept) - 1, -1, -1):
        one = kept[n]
        if not one.at:
            timeless += 1
            full = timeless > KEPT
        elif is_shown(one.cls):
            shown += 1
            full = shown > KEPT
        else:
            aside += 1
            full = aside > KEPT
        if full:
            del kept[n]


def _show(row: HasMessages, kept: list[Kept], one: Kept, *, newest: bool) -> None:
    """The newest SHOWN messages, ascending."""
    if newest:
        if not one.at or not is_shown(one.cls):
            return
        row.recent_messages = [*row.recent_messages[1 - SHOWN :], _recent(one)]
    else:
        shown = [one for one in kept if one.at and is_shown(one.cls)]
        row.recent_messages = [_recent(one) for one in shown[-SHOWN:]]
    row.last_message = row.recent_messages[-1] if row.recent_messages else None


def _recent(one: Kept) -> Recent:
    return Recent(
        id=one.id,
        direction=one.cls,
        content_type=one.content_type,
        text=one.text,
        at=one.at,
    )
