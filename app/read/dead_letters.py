"""Dead letters, read from their topic: which are open, and what they have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from app.core.dead_letter import FINGERPRINT, RAW, REASON
from app.core.times import micros
from app.core.webhook import JSON, NotARawRecord, RawRecord, read_raw_record
from app.kafka.record import Record

REDRIVEN = "redriven"
_MESSAGE = "__connect.errors.exception.message"
_CLASS = "__connect.errors.exception.class.name"
_PATH = re.compile(r"\(at ([^()]*)\)$")


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the topic of dead letters.

    `raw` is `<partition>:<offset>` of the raw record it is about, `place` that of its own; `path`
    the JSON path at fault; `received_at` microseconds, None where its headers do not say.
    """

    raw: str
    place: str
    key: str
    id: str
    source: str
    type: str
    received_at: int | None
    reason: str
    fingerprint: str
    message: str
    path: str
    error_class: str
    content_type: str
    body: bytes
    headers: list[tuple[str, str]]

    @property
    def vendor(self) -> str:
        return self.type.partition(".")[0]

    @property
    def event(self) -> str:
        return self.type.partition(".")[2]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Open letters of one fingerprint: one cause. Times in microseconds.

    `example` is the raw place of the newest; `conversations` and `calls` count those touched.
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


def letter(record: Record) -> Letter:
    """Read one. What its headers lack is left empty: it is shown, whatever it is."""
    headers = [(name, (value or b"").decode(errors="replace")) for name, value in record.headers]
    named = dict(headers)
    said = named.get(_MESSAGE, "")
    path = _PATH.search(said)
    return Letter(
        raw=named.get(RAW, ""),
        place=f"{record.partition}:{record.offset}",
        key="" if record.key is None else record.key.decode(errors="replace"),
        id=named.get("ce_id", ""),
        source=named.get("ce_source", ""),
        type=named.get("ce_type", ""),
        received_at=_time(named.get("ce_time")),
        reason=named.get(REASON, ""),
        fingerprint=named.get(FINGERPRINT, ""),
        message=_PATH.sub("", said).rstrip(),
        path=path[1] if path else "$",
        error_class=named.get(_CLASS, ""),
        content_type=named.get("content-type", JSON),
        body=record.value or b"",
        headers=headers,
    )


def _time(text: str | None) -> int | None:
    try:
        return None if text is None else micros(text)
    except ValueError:
        return None


def open_letters(letters: Iterable[Letter]) -> list[Letter]:
    """One for each raw record, the first; none for those that were redriven. Oldest first.

    A worker that re-reads after a crash writes its letters again; a letter of reason `redriven`
    closes that of the same raw record.
    """
    by_raw: dict[str, Letter] = {}
    closed: set[str] = set()
    for one in letters:
        if one.reason == REDRIVEN:
            closed.add(one.raw)
        else:
            by_raw.setdefault(one.raw or f"dead {one.place}", one)
    still = [one for raw, one in by_raw.items() if raw not in closed]
    return sorted(still, key=lambda one: (one.received_at or 0, one.raw))


def groups(letters: Iterable[Letter]) -> list[Group]:
    """By fingerprint, that which was seen last first."""
    by_print: dict[str, list[Letter]] = {}
    for one in letters:
        by_print.setdefault(one.fingerprint, []).append(one)
    return sorted(
        map(_group, by_print.values()),
        key=lambda one: (one.last_seen or 0, one.count),
        reverse=True,
    )


def _group(letters: list[Letter]) -> Group:
    newest = max(letters, key=lambda one: one.received_at or 0)
    times = [one.received_at for one in letters if one.received_at is not None]
    return Group(
        fingerprint=newest.fingerprint,
        count=len(letters),
        reason=newest.reason,
        vendor=newest.vendor,
        event=newest.event,
        path=newest.path,
        message=newest.message,
        sources=sorted({one.source for one in letters}),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        example=newest.raw,
        conversations=_touched("conversation", letters),
        calls=_touched("call", letters),
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
    partition, _, offset = one.raw.partition(":")
    headers = [(name, value.encode()) for name, value in one.headers]
    if not (partition.isdecimal() and offset.isdecimal()):
        raise NotARawRecord(f"it does not name its raw record: {one.raw!r}")
    return read_raw_record(int(partition), int(offset), one.key.encode(), one.body, headers)


def without_body(one: Letter) -> Letter:
    """For lists: many letters, of up to 1 MiB each, are held at once."""
    return msgspec.structs.replace(one, body=b"", headers=[])
