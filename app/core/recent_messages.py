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
KEPT = 32  # messages of each group whose content the fold keeps, so that late corrections stay
# exact

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


class Contents(msgspec.Struct, gc=False):
    """The kept messages in three groups, each ascending by time, then id: those that may be shown,
    notes and activity, and those of which no event has stated its time yet.
    """

    shown: list[Kept] = []
    aside: list[Kept] = []
    timeless: list[Kept] = []

    def group(self, message: Recent) -> list[Kept]:
        if not message.at:
            return self.timeless
        return self.shown if is_shown(message.direction) else self.aside

    def take_out(self, id: str) -> Kept | None:
        for group in (self.shown, self.aside, self.timeless):
            for n in range(len(group) - 1, -1, -1):
                if group[n].message.id == id:
                    return group.pop(n)
        return None


class HasRecent(Protocol):
    """The part of a conversation's row that the contents make."""

    recent_messages: list[Recent]
    last_message: Recent | None


@lru_cache(maxsize=4_096)
def id_order(id: str) -> tuple[int, int, str]:
    """Ids in order: as numbers where they are numbers, and those before the others."""
    return (0, int(id), id) if id.isdecimal() and id.isascii() else (1, 0, id)


def keep_new(
    row: HasRecent,
    contents: Contents,
    said: facts.Message,
    cls: MessageClass,
    at: int,
    by: bytes,
) -> None:
    """Keep the content of a message that was not spoken of before, and show the newest. `at` 0: no
    event has stated its time yet.
    """
    text, content_type = said.text, said.content_type
    content_by = _content_by(said, by)
    message = Recent(said.id, cls, content_type, text, at)
    text_by = NEVER if text is None else content_by
    type_by = NEVER if content_type is None else content_by
    group = contents.group(message)
    newest = _put(group, Kept(message, text_by, type_by))
    if group is not contents.shown:
        return
    if not newest:
        _show(row, contents)
        return
    recent = row.recent_messages
    recent.append(message)
    if len(recent) > SHOWN:
        del recent[0]
    row.last_message = message


def keep_again(
    row: HasRecent, contents: Contents, said: facts.Message, resolved: Resolved, by: bytes
) -> None:
    """The same for a message that was spoken of before, and may be kept already."""
    one = contents.take_out(said.id)
    if one is None:
        keep_new(row, contents, said, resolved.cls, resolved.at, by)
        return
    content_by = _content_by(said, by)
    text, content_type = one.message.text, one.message.content_type
    if said.text is not None and content_by > one.text_by:
        text, one.text_by = said.text, content_by
    if said.content_type is not None and content_by > one.type_by:
        content_type, one.type_by = said.content_type, content_by
    one.message = Recent(said.id, resolved.cls, content_type, text, resolved.at)
    one.encoded = None
    _put(contents.group(one.message), one)
    _show(row, contents)


def _put(group: list[Kept], one: Kept) -> bool:
    """Put it in its place; returns whether that is the last. The oldest beyond KEPT is dropped."""
    newest = not group or group[-1].message.at < one.message.at
    group.append(one)
    if not newest:
        group.sort(key=_order)
    if len(group) > KEPT:
        del group[0]
    return newest


def _content_by(said: facts.Message, by: bytes) -> bytes:
    return by[:8] + (_UPDATE if said.update else _FIRST) + by[8:]


def _order(one: Kept) -> tuple[int, tuple[int, int, str]]:
    return (one.message.at, id_order(one.message.id))


def _show(row: HasRecent, contents: Contents) -> None:
    """The newest SHOWN messages, ascending."""
    row.recent_messages = [one.message for one in contents.shown[-SHOWN:]]
    row.last_message = row.recent_messages[-1] if row.recent_messages else None
