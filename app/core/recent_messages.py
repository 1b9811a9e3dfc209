"""The contents of a conversation's newest messages: of each its latest text."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import msgspec

from app.core import facts
from app.core.facts import MessageClass
from app.core.messages import Resolved, is_shown
from app.core.stamps import NEVER

SHOWN = 8  # messages in the row's recent_messages
KEPT = 32  # messages whose content the fold keeps, so that late corrections stay exact; as many
# notes and activity beside them, and messages whose time is not known yet

_UPDATE, _FIRST = b"\1", b"\0"


class Recent(msgspec.Struct, kw_only=True, gc=False):
    """A message as the row shows it. Never changed; `encoded` is the encoder's own."""

    id: str
    direction: str
    content_type: str | None
    text: str | None
    at: int
    encoded: str | None = None


class Kept(msgspec.Struct, kw_only=True, gc=False):
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


class HasRecent(Protocol):
    """The part of a conversation's row that the contents make."""

    recent_messages: list[Recent]
    last_message: Recent | None


@lru_cache(maxsize=4_096)
def id_order(id: str) -> tuple[int, int, str]:
    """Ids in order: as numbers where they are numbers, and those before the others."""
    return (0, int(id), id) if id.isdecimal() and id.isascii() else (1, 0, id)


def keep(
    row: HasRecent,
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


def _show(row: HasRecent, kept: list[Kept], one: Kept, *, newest: bool) -> None:
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
