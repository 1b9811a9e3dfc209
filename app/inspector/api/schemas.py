"""The schemas of events and rows, and what vendors send beyond them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from app.avro.subjects import compatibility_of
from app.core.webhook import iso
from app.inspector.api.documents import AT, TEXT, WHOLE, array, nullable, record
from app.inspector.api.operation import Asked, Operation
from app.inspector.inspection import Inspection
from app.read.drift_json import drift_json

_VERSION = record(version=WHOLE, id=WHOLE, schema={"type": "object"})
_SCHEMA = record(group=TEXT, name=TEXT, subject=TEXT, compatibility=TEXT, versions=array(_VERSION))
_DRIFT = record(
    vendor=TEXT,
    event=TEXT,
    field=TEXT,
    count=WHOLE,
    types=array(TEXT),
    first_seen=AT,
    last_seen=AT,
    example=TEXT,
)


def operations() -> list[Operation]:
    return [
        Operation(
            id="list_schemas",
            path="/api/schemas",
            summary="Every schema of an event or a row, its versions and their ids",
            schema=record(items=array(_SCHEMA), next=nullable(TEXT)),
            answer=_schemas,
        ),
        Operation(
            id="get_drift",
            path="/api/schemas/drift",
            summary="Fields that vendors send and no schema knows, in the newest events",
            schema=record(items=array(_DRIFT), next=nullable(TEXT), records=WHOLE, at=AT),
            answer=_drift,
        ),
    ]


def _schemas(inspection: Inspection, _: Asked) -> dict[str, Any]:
    published, prefix = inspection.published, inspection.topics.prefix
    entries = sorted(published.lock.entries, key=lambda one: one.name)
    items = [
        {
            "group": group,
            "name": name,
            "subject": prefix + versions[0].subject,
            "compatibility": compatibility_of(versions[0].name),
            "versions": [
                {
                    "version": one.version,
                    "id": one.id,
                    "schema": published.repository[one.name].schema,
                }
                for one in versions
            ],
        }
        for (group, name), found in groupby(entries, key=lambda one: one.name[:2])
        for versions in [list(found)]
    ]
    return {"items": items, "next": None}


def _drift(inspection: Inspection, _: Asked) -> dict[str, Any]:
    looked = inspection.drift.look()
    return {
        "items": [drift_json(one) for one in looked.found],
        "next": None,
        "records": looked.records,
        "at": iso(looked.at),
    }
