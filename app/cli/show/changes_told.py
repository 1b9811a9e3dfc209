"""What a webhook changed in its row, a line for each field that is news."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET, UnsetType
from rich.text import Text

from app.cli.show.texts import one_line, said
from app.cli.show.times import MILLISECOND, clock, duration
from app.core.times import micros
from app.history.difference import LITTLE_NEWS
from app.history.moment import Change
from app.read.avro_json import Plain

MOST = 200  # characters of a value
_COUNTS = ("events", "duplicates", "late")
_IN_KEY = ("source", "vendor", "account_id", "conversation_id", "call_id", "contact_id")
_FOLLOWS = ("created_at", "updated_at", "last_message_at", "first_message_at")
_UNTOLD = {*LITTLE_NEWS, *_IN_KEY, *_FOLLOWS}
"""Fields that say no more than that something came, or follow from what is shown beside them."""
_MESSAGE = re.compile(r"recent_messages\[(.+?)\](?:\.(.*))?")
_STATUS = re.compile(r"status_history\[(.+)\](?:\.status)?")
_UNIT = re.compile(r"_(ms|cents)$")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def told(changes: Sequence[Change]) -> list[Text]:
    """Messages first, then in the order of the row's fields."""
    statuses = [one.after for one in changes if one.path == "status"]
    return [*_messages(changes), *_fields(changes, statuses)]


def counted(changes: Sequence[Change]) -> list[Text]:
    """How many webhooks came, and of what kind."""
    counts = [one for one in changes if one.path in _COUNTS]
    return [_line(one.path, one.before, one.after) for one in counts]


def _messages(changes: Sequence[Change]) -> Iterator[Text]:
    """New ones and corrected ones; those that newer ones have put out of sight are no news."""
    for one in changes:
        found = _MESSAGE.fullmatch(one.path)
        if found is None or one.after is UNSET:
            continue
        if isinstance(one.after, Mapping):
            text = one.after.get("text") or f"({one.after.get('content_type') or 'no text'})"
            yield said(f"{one.after.get('direction')}: ", "dim").append(said(str(text), "bold"))
        else:
            yield _line(f"message {found[1]}, {found[2]}", one.before, one.after)


def _fields(changes: Sequence[Change], statuses: Sequence[object]) -> Iterator[Text]:
    for one in changes:
        if one.path.endswith("[]"):  # only their order
            continue
        status = _STATUS.fullmatch(one.path)
        if status is not None:
            word = one.after.get("status") if isinstance(one.after, Mapping) else one.after
            if word not in statuses and word is not UNSET:  # of another time than the newest
                yield _line(f"status at {_value(status[1])}", UNSET, word)
        elif one.path not in _UNTOLD and not one.path.startswith(("last_message", "recent_")):
            yield _line(one.path.removeprefix("attributes."), one.before, one.after)


def _line(name: str, before: Plain | UnsetType, after: Plain | UnsetType) -> Text:
    """`status: open → resolved`; what was nothing before is not shown."""
    was, now = _value(before, name), _value(after, name)
    line = said(f"{_UNIT.sub('', name)}: ", "dim")
    if was and was != "0":
        line.append(said(was)).append(" → ", "dim")
    return line.append(said(now or "nothing", "" if now else "dim"))


def _value(one: Plain | UnsetType, name: str = "") -> str:
    """On one line, in the unit that its name says; empty for what is nothing."""
    match one:
        case None | msgspec.UNSET | "":
            text = ""
        case bool():
            text = "yes" if one else "no"
        case int() if name.endswith("_ms"):
            text = duration(one * MILLISECOND)
        case int() if name.endswith("_cents"):
            text = f"{one / 100:,.2f}"
        case int() | float():
            text = f"{one}"
        case list():
            text = ", ".join(map(_value, one))
        case Mapping():
            text = " · ".join(filter(None, (_value(each, of) for of, each in one.items())))
        case _:
            text = clock(micros(one)) if _TIME.fullmatch(one) else one
    return one_line(text, MOST)
