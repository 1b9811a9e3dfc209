"""A golden case: a folder with a webhook and, beside it, what must become of it.

tests/golden/<vendor>/<case>/
    webhook.json   the body of a POST; webhook.txt where it is not JSON; webhook.query is the
                   query string of a GET
    event.json     its type, its key, and the event it decodes to
    facts.json     what the event says of a conversation, call or contact, if it says anything
    row.json       the row that it makes alone, if it makes one
    dead_letter.json   in place of these: why it cannot be decoded

Only what is said is written (no null, no zero, nothing empty); times are ISO. The sources check
nothing (who may send is tested with the vendors), so bodies carry a secret of any kind: it is
masked all the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.catalogue import Catalogue, Decoded
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS, vendor_named
from app.core.vendors.contract import Request, Source
from app.core.webhook import Key, RawRecord, event_id, iso
from tests.property.seam import folded_rows

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "schemas"
RECEIVED_AT = 1_780_315_200_000_000  # 2026-06-01T12:00:00Z, later than any time in the webhooks
A_RECENT_TIME = 10**14  # in microseconds: no other number in an event or a fact is as large


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.relative_to(HERE).as_posix()

    @property
    def vendor(self) -> str:
        return self.folder.parent.name

    def request(self) -> Request:
        (webhook,) = self.folder.glob("webhook.*")
        content = webhook.read_bytes()
        if webhook.suffix == ".query":
            return Request(method="GET", headers={}, query=content.strip(), body=b"")
        return Request(method="POST", headers={}, query=b"", body=content)

    def record(self) -> RawRecord:
        """The raw record the endpoint would write."""
        vendor = vendor_named(self.vendor)
        source = Source(name=self.vendor, vendor=self.vendor, account_id="1", verify=False)
        admitted = vendor.admit(self.request(), source, RECEIVED_AT / 1_000_000, 300)
        id = event_id(source.name, admitted.body)
        try:
            found = vendor.identify(admitted.body, admitted.content_type, source)
            type, key = found.type, Key(source.name, found.kind, found.id)
        except Undecodable:
            type, key = "unknown", Key(source.name, "unknown", id)
        return RawRecord(
            partition=0,
            offset=0,
            key=str(key),
            body=admitted.body,
            id=id,
            source=source.name,
            type=f"{vendor.name}.{type}",
            received_at=RECEIVED_AT,
            content_type=admitted.content_type,
            account=source.account_id,
        )


def cases() -> list[Case]:
    return [Case(webhook.parent) for webhook in sorted(HERE.glob("*/*/webhook.*"))]


class Result(NamedTuple):
    """The expected files' contents by name; None where there must be no such file."""

    files: dict[str, Any]


def result(record: RawRecord, outcome: Decoded | Undecodable) -> Result:
    what = {"type": record.type, "key": record.key}
    if isinstance(outcome, Undecodable):
        why = {"reason": outcome.reason, "path": outcome.path, "message": str(outcome)}
        dead_letter = {**what, **why}
        return Result({"event": None, "facts": None, "row": None, "dead_letter": dead_letter})
    facts = None if outcome.facts is None else readable(outcome.facts)
    event = {**what, "event": readable(outcome.event)}
    row = folded_rows([record]).get(record.key)
    row = None if row is None else readable(_said(row))
    return Result({"event": event, "facts": facts, "row": row, "dead_letter": None})


def _said(value: Any) -> Any:
    match value:
        case dict():
            said = {name: _said(each) for name, each in value.items()}
            return {name: each for name, each in said.items() if each not in (None, 0, [], {})}
        case list():
            return [_said(each) for each in value]
        case _:
            return value


def readable(value: Any) -> Any:
    """What is said: a struct's fields that differ from their defaults, times as ISO text."""
    match value:
        case msgspec.Struct():
            fields = msgspec.structs.fields(value)
            said = {field.name: getattr(value, field.name) for field in fields}
            defaults = {field.name: _default(field) for field in fields}
            return {
                name: readable(each)
                for name, each in said.items()
                if each is not msgspec.UNSET and each != defaults[name]
            }
        case dict():
            return {name: readable(each) for name, each in value.items()}
        case list() | tuple():
            return [readable(each) for each in value]
        case int() if value > A_RECENT_TIME:
            return iso(value)
        case _:
            return value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def catalogue() -> Catalogue:
    latest: dict[tuple[str, str], Any] = {}
    for path in sorted(SCHEMAS.glob("*/*/v*.avsc"), key=lambda path: int(path.stem[1:])):
        latest[path.parts[-3], path.parts[-2]] = json.loads(path.read_text())
    return Catalogue(VENDORS, latest)
