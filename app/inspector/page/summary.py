"""What a webhook changed, in the words of a line: what a person would tell another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET

from app.history.difference import LITTLE_NEWS
from app.history.moment import Change
from app.inspector.page.times import length
from app.read.avro_json import Plain

MOST = 4  # changes named in a line

_MESSAGE = re.compile(r"recent_messages\[(?P<id>.*?)\](?:\.text)?")
_UNSAID = frozenset(
    {
        *LITTLE_NEWS,
        *("updated_at", "created_at", "last_message_at", "first_message_at", "last_message"),
        *("source", "vendor", "conversation_id", "call_id", "contact_id"),
        *("status_history", "recent_messages", "messages", "resolved_at", "reopened", "account_id"),
    }
)
"""Fields that follow from others, or are told as something else."""
_MEMBER = re.compile(r"\[.*\]")
_NAMES = ("name", "email", "phone", "handle", "id")  # what a person is called by, best first


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A message that came with it: `who` is its direction."""

    who: str
    text: str
    again: bool = False


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A field that changed; None where it was, or is, nothing."""

    field: str
    before: str | None
    after: str | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """`more`: how many fields changed that are not named."""

    messages: list[Said]
    turns: list[Turned]
    more: int


def summary(changes: Sequence[Change]) -> Summary:
    messages = list(_messages(changes))
    turns = [*([] if messages else _counted(changes)), *_turns(changes)]
    return Summary(messages=messages, turns=turns[:MOST], more=max(0, len(turns) - MOST))


def _messages(changes: Sequence[Change]) -> Iterator[Said]:
    """Those that are new or have another text; what older ones moved out is no news."""
    for change in changes:
        if _MESSAGE.fullmatch(change.path) is None or change.after is UNSET:
            continue
        if isinstance(change.after, dict):
            text = change.after.get("text")
            kind = change.after.get("content_type")
            shown = text if isinstance(text, str) and text else f"[{kind or 'no text'}]"
            yield Said(who=str(change.after.get("direction")), text=shown)
        elif isinstance(change.after, str):
            yield Said(who="edited", text=change.after, again=True)


def _counted(changes: Sequence[Change]) -> Iterator[Turned]:
    """Messages whose text the row does not show: notes, activity, old ones."""
    for change in changes:
        root, _, kind = change.path.partition(".")
        if root == "messages":
            yield Turned(field=kind, before=one_line(change.before), after=one_line(change.after))


def _turns(changes: Sequence[Change]) -> Iterator[Turned]:
    people: set[str] = set()
    for change in changes:
        root, _, leaf = change.path.partition(".")
        if root.partition("[")[0] in _UNSAID:
            continue
        if root in ("contact", "assignee", "agent"):
            if root not in people and (not leaf or leaf in _NAMES):
                people.add(root)
                yield _person(root, changes)
            continue
        field = _field(change.path)
        before, after = (_measured(field, one) for one in (change.before, change.after))
        if before != after:
            yield Turned(
                field=field.removesuffix("_ms").removesuffix("_cents").replace("_", " "),
                before=before,
                after=after,
            )


def _person(root: str, changes: Sequence[Change]) -> Turned:
    """All that changed of somebody, as one: by the best name there is."""
    found = {change.path: change for change in changes}
    if root in found:
        return Turned(
            field=root, before=_called(found[root].before), after=_called(found[root].after)
        )
    for name in _NAMES:
        if (change := found.get(f"{root}.{name}")) is not None:
            before, after = one_line(change.before), one_line(change.after)
            return Turned(field=root, before=before, after=after)
    raise AssertionError(root)


def _called(person: object) -> str | None:
    if not isinstance(person, Mapping):
        return None
    named = (person.get(name) for name in _NAMES)  # pyright: ignore[reportUnknownMemberType]
    return next((str(one) for one in named if one), None)


def _field(path: str) -> str:
    return _MEMBER.sub("", path.removeprefix("attributes."))


def _measured(field: str, value: Plain | msgspec.UnsetType) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        if field.endswith("_ms"):
            return length(value * 1_000)
        if field.endswith("_cents"):
            return f"{value / 100:,.2f}"
    return one_line(value)


def one_line(value: Plain | msgspec.UnsetType) -> str | None:
    """None for what is nothing: null, empty, not there."""
    match value:
        case None | msgspec.UNSET | "" | [] | {}:
            return None
        case bool():
            return "yes" if value else "no"
        case list() if all(isinstance(one, str) for one in value):
            return ", ".join(map(str, value))
        case list() | dict():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)
