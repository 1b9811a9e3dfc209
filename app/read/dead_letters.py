"""Dead letters, read from their topic: which are open, and what they have in common."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec

from app.core.dead_letter import COPY, EVENT, FINGERPRINT, RAW, REASON, REDRIVEN
from app.core.times import micros
from app.core.webhook import JSON, NotARawRecord, RawRecord, place_of, read_raw_record
from app.kafka.record import Record

_MESSAGE = "__connect.errors.exception.message"
_CLASS = "__connect.errors.exception.class.name"
_PATH = re.compile(r"\(at ([^()]*)\)$")


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the topic of dead letters.

    `event` is the vendor's name for it, which is not the type's where that was not known.
    `raw` is `<partition>:<offset>` of the raw record it is about, `place` that of its own; `path`
    the JSON path at fault; `received_at` microseconds, None where its headers do not say. Once it
    was redriven it is closed, and `copy` is where the raw record lies that was appended for it.
    """

    raw: str
    place: str
    key: str
    id: str
    source: str
    type: str
    event: str
    received_at: int | None
    reason: str
    fingerprint: str
    message: str
    path: str
    error_class: str
    content_type: str
    body: bytes
    headers: list[tuple[str, str]]
    copy: str = ""
    is_closed: bool = False

    @property
    def partition(self) -> int:
        """Of its own place."""
        return int(self.place.partition(":")[0])

    @property
    def offset(self) -> int:
        """Of its own place."""
        return int(self.place.partition(":")[2])

    @property
    def closes(self) -> bool:
        """Whether it only says that the letter of its raw record was redriven."""
        return self.reason == REDRIVEN

    @property
    def known_by(self) -> str:
        """What tells the raw record from others, also where a letter does not name it."""
        return self.raw or f"dead {self.place}"

    @property
    def vendor(self) -> str:
        return self.type.partition(".")[0]


class Letters(NamedTuple):
    """One for each raw record that died, oldest first: those still open, and those redriven."""

    open: list[Letter]
    redriven: list[Letter]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Letters of one fingerprint: one cause. Times in microseconds.

    `count` are those still open, of which `redrivable` would decode today, and `redriven` the
    others. `example` is the raw place of the newest; `conversations`, `calls` and `contacts` count
    what the open ones touch. Where none is open, it tells of those that were redriven.
    """

    fingerprint: str
    count: int
    reason: str
    vendor: str
    event: str
    path: str
    message: str
    sources: list[str]
    first_seen: int | None
    last_seen: int | None
    example: str
    conversations: int
    calls: int
    contacts: int = 0
    redrivable: int = 0
    redriven: int = 0


def letter(record: Record, errors: str = "replace") -> Letter:
    """Read one. What its headers lack is left empty: it is shown, whatever it is. `errors` is what
    is made of bytes that are not UTF-8, as `bytes.decode` has it.
    """
    headers = [(name, (value or b"").decode(errors=errors)) for name, value in record.headers]
    named = dict(headers)
    said = named.get(_MESSAGE, "")
    path = _PATH.search(said)
    return Letter(
        raw=named.get(RAW, ""),
        place=f"{record.partition}:{record.offset}",
        key="" if record.key is None else record.key.decode(errors=errors),
        id=named.get("ce_id", ""),
        source=named.get("ce_source", ""),
        type=named.get("ce_type", ""),
        event=named.get(EVENT, named.get("ce_type", "").partition(".")[2]),
        received_at=_time(named.get("ce_time")),
        reason=named.get(REASON, ""),
        fingerprint=named.get(FINGERPRINT, ""),
        message=_PATH.sub("", said).rstrip(),
        path=path[1] if path else "$",
        error_class=named.get(_CLASS, ""),
        content_type=named.get("content-type", JSON),
        body=record.value or b"",
        headers=headers,
        copy=named.get(COPY, ""),
    )


def _time(text: str | None) -> int | None:
    try:
        return None if text is None else micros(text)
    except ValueError:
        return None


def sorted_out(letters: Iterable[Letter]) -> Letters:
    """Letters in the order of their topic.

    A worker that re-reads after a crash writes its letters again: the first of a raw record counts.
    One of reason `redriven` closes it, wherever it stands; that alone is left of a letter that has
    expired.
    """
    by_raw: dict[str, Letter] = {}
    closings: dict[str, Letter] = {}
    for one in letters:
        kept = closings if one.closes else by_raw
        kept.setdefault(one.known_by, one)
    still_open = [one for raw, one in by_raw.items() if raw not in closings]
    redriven = [
        msgspec.structs.replace(by_raw.get(raw, closing), copy=closing.copy, is_closed=True)
        for raw, closing in closings.items()
    ]
    return Letters(_oldest_first(still_open), _oldest_first(redriven))


def _oldest_first(letters: Iterable[Letter]) -> list[Letter]:
    return sorted(letters, key=lambda one: (one.received_at or 0, one.raw))


def groups(letters: Letters, redrivable: Collection[str] = ()) -> list[Group]:
    """By fingerprint: those of which some are open, then the others; that which was seen last
    first. `redrivable` are the open ones that decode today, by what each is `known_by`.
    """
    by_print: dict[str, Letters] = {}
    for one in letters.open:
        by_print.setdefault(one.fingerprint, Letters([], [])).open.append(one)
    for one in letters.redriven:
        by_print.setdefault(one.fingerprint, Letters([], [])).redriven.append(one)
    found = [_group(alike, redrivable) for alike in by_print.values()]
    found.sort(key=lambda one: (one.count > 0, one.last_seen or 0, one.count), reverse=True)
    return found


def _group(letters: Letters, redrivable: Collection[str]) -> Group:
    told = letters.open or letters.redriven
    newest = max(told, key=lambda one: one.received_at or 0)
    times = [one.received_at for one in told if one.received_at is not None]
    return Group(
        fingerprint=newest.fingerprint,
        count=len(letters.open),
        reason=newest.reason,
        vendor=newest.vendor,
        event=newest.event,
        path=newest.path,
        message=newest.message,
        sources=sorted({one.source for one in told}),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        example=newest.raw,
        conversations=_touched("conversation", letters.open),
        calls=_touched("call", letters.open),
        contacts=_touched("contact", letters.open),
        redrivable=sum(one.known_by in redrivable for one in letters.open),
        redriven=len(letters.redriven),
    )


def _touched(kind: str, letters: Iterable[Letter]) -> int:
    return len({one.key for one in letters if one.key.split("/", 2)[1:2] == [kind]})


def is_named(one: Letter, name: str) -> bool:
    """Whether a raw place, a fingerprint or an event id names it."""
    return name in (one.raw, one.fingerprint, one.id)


def as_raw_record(one: Letter) -> RawRecord:
    """The raw record it is about, which its headers and body are those of. Raises NotARawRecord
    where they are not.
    """
    place = place_of(one.raw)
    headers = [(name, value.encode()) for name, value in one.headers]
    if place is None:
        raise NotARawRecord(f"it does not name its raw record: {one.raw!r}")
    try:
        return read_raw_record(*place, one.key.encode(), one.body, headers)
    except NotARawRecord:
        raise
    except ValueError as error:
        raise NotARawRecord(f"header ce_time: {error}") from None


def without_body(one: Letter) -> Letter:
    """For lists: many letters, of up to 1 MiB each, are held at once."""
    return msgspec.structs.replace(one, body=b"", headers=[])
