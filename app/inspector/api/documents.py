"""Schemas of answers that are not rows, for the API's description."""

from __future__ import annotations

from typing import Any

from app.inspector.api.operation import JsonSchema

TEXT: JsonSchema = {"type": "string"}
WHOLE: JsonSchema = {"type": "integer"}
FLAG: JsonSchema = {"type": "boolean"}
AT: JsonSchema = {"type": "string", "format": "date-time"}


def ref(name: str) -> JsonSchema:
    """Of a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(**fields: JsonSchema) -> JsonSchema:
    """An object that has all of these."""
    return {"type": "object", "properties": fields, "required": [*fields]}


def array(items: JsonSchema) -> JsonSchema:
    return {"type": "array", "items": items}


def nullable(schema: JsonSchema) -> JsonSchema:
    return {"anyOf": [schema, {"type": "null"}]}


def list_of(items: JsonSchema) -> JsonSchema:
    """A page of a list."""
    return record(items=array(items), next=nullable(TEXT))


_ANY: JsonSchema = {}
_CHANGE: JsonSchema = {
    "type": "object",
    "properties": {"path": TEXT, "before": _ANY, "after": _ANY},
    "required": ["path"],
}
_MOMENT = record(
    raw=TEXT,
    id=TEXT,
    type=TEXT,
    schema_version=nullable(WHOLE),
    received_at=AT,
    event_at=nullable(AT),
    lateness_ms=nullable(WHOLE),
    delivery=nullable(TEXT),
    badges=array(TEXT),
    why=nullable(record(reason=TEXT, path=TEXT, message=TEXT, fingerprint=TEXT)),
    redriven_as=nullable(TEXT),
    stands_in_for=nullable(TEXT),
    changes=nullable(array(_CHANGE)),
)
TIMELINE = record(
    key=TEXT,
    kind=TEXT,
    phase=nullable(TEXT),
    total=WHOLE,
    expired=nullable(record(webhooks=WHOLE, last_at=AT)),
    whole=FLAG,
    items=array(_MOMENT),
    next=nullable(TEXT),
)
WAITING = record(webhooks=WHOLE, since=nullable(AT), unsearched=WHOLE)
FINDING = record(
    key=TEXT,
    kind=TEXT,
    verdict=TEXT,
    offset=nullable(WHOLE),
    fold_version=nullable(WHOLE),
    differences=array({**record(field=TEXT), "additionalProperties": True}),
    records=array(TEXT),
    raw=record(
        records=WHOLE,
        waiting=WHOLE,
        dead=WHOLE,
        redrivable=WHOLE,
        redriven=WHOLE,
        foreign=WHOLE,
    ),
    waiting=WAITING,
)
GROUP = record(
    fingerprint=TEXT,
    count=WHOLE,
    redrivable=WHOLE,
    redriven=WHOLE,
    reason=TEXT,
    vendor=TEXT,
    event=TEXT,
    path=TEXT,
    message=TEXT,
    sources=array(TEXT),
    first_seen=nullable(AT),
    last_seen=nullable(AT),
    example=TEXT,
    conversations=WHOLE,
    calls=WHOLE,
    contacts=WHOLE,
)
_LETTER: dict[str, Any] = {
    "raw": TEXT,
    "dead": TEXT,
    "open": FLAG,
    "redriven_as": nullable(TEXT),
    "id": TEXT,
    "type": TEXT,
    "event": TEXT,
    "key": TEXT,
    "source": TEXT,
    "received_at": nullable(AT),
    "reason": TEXT,
    "path": TEXT,
    "message": TEXT,
    "fingerprint": TEXT,
}
LETTER = record(**_LETTER)
WHOLE_LETTER = record(**_LETTER, headers={"type": "object"}, body=TEXT)
