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


class Recent(msgspec.Struct, gc=False):
    """A message as the row shows it. Never changed; `encoded` is the encoder's own. `direction`
    is a MessageClass; of those only kept it may be note or activity, and `at` 0: no event has
    stated its time yet.
    """

    id: str
    direction: str
    content_type: str | None
    text: str | None
    at: int
    encoded: str | None = None


class Kept(msgspec.Struct, gc=False):
    """A message's content and what decided it.

    `text_by` and `type_by` are stamps with one byte more before the event id, so that between
    two of the same time an update's wins. `encoded` is the encoder's own: None after any
    change.
    """

    message: Recent
    text_by: bytes
    type_by: bytes
    encoded: str | None = None

    @property
    def shown(self) -> bool:
        return self.message.at != 0 and is_shown(self.message.direction)


class HasRecent(Protocol):
    """The part of a conversation's row that the contents make."""

    recent_messages: list[Recent]
    last_message: Recent | None


@lru_cache(maxsize=4_096)
def id_order(id: str) -> tuple[int, int, str]:
    """Ids in order: as numbers where they are numbers, and those before the others."""
    return (0, int(id), id) if id.isdecimal() and id.isascii() else (1, 0, id)


def keep_new(
    row: HasRecent, kept: list[Kept], said: facts.Message, cls: MessageClass, at: int, by: bytes
) -> None:
    """Take the content of a message that was not spoken of before into the kept messages
    (ascending by time, then id), and show the newest. `at` 0: no event has stated its time yet.
    """
    text, content_type = said.text, said.content_type
    content_by = _content_by(said, by)
    message = Recent(said.id, cls, content_type, text, at)
    newest = not kept or kept[-1].message.at < at
    kept.append(
        Kept(
            message,
            NEVER if text is None else content_by,
            NEVER if content_type is None else content_by,
        )
    )
    if not newest:
        kept.sort(key=_order)
    if len(kept) > KEPT:
        _drop_oldest(kept)
    if not newest:
        _show(row, kept)
    elif at and is_shown(cls):
        recent = row.recent_messages
        recent.append(message)
        if len(recent) > SHOWN:
            del recent[0]
        row.last_message = message


def keep_again(
    row: HasRecent, kept: list[Kept], said: facts.Message, resolved: Resolved, by: bytes
) -> None:
    """The same for a message that was spoken of before, and may be kept already."""
    one = next((one for one in kept if one.message.id == said.id), None)
    if one is None:
        keep_new(row, kept, said, resolved.cls, resolved.at, by)
        return
    content_by = _content_by(said, by)
    text, content_type = one.message.text, one.message.content_type
    if said.text is not None and content_by > one.text_by:
        text, one.text_by = said.text, content_by
    if said.content_type is not None and content_by > one.type_by:
        content_type, one.type_by = said.content_type, content_by
    one.message = Recent(said.id, resolved.cls, content_type, text, resolved.at)
    one.encoded = None
    kept.sort(key=_order)
    if len(kept) > KEPT:  # it may be of another class now
        _drop_oldest(kept)
    _show(row, kept)


def _content_by(said: facts.Message, by: bytes) -> bytes:
    return by[:8] + (_UPDATE if said.update else _FIRST) + by[8:]


def _order(one: Kept) -> tuple[int, tuple[int, int, str]]:
    return (one.message.at, id_order(one.message.id))


def _drop_oldest(kept: list[Kept]) -> None:
    shown = aside = timeless = 0
    for n in range(len(kept) - 1, -1, -1):
        message = kept[n].message
        if not message.at:
            timeless += 1
            full = timeless > KEPT
        elif is_shown(message.direction):
            shown += 1
            full = shown > KEPT
        else:
            aside += 1
            full = aside > KEPT
        if full:
            del kept[n]


def _show(row: HasRecent, kept: list[Kept]) -> None:
    """The newest SHOWN messages, ascending."""
    row.recent_messages = [one.message for one in kept if one.shown][-SHOWN:]
    row.last_message = row.recent_messages[-1] if row.recent_messages else None
