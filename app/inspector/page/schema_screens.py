"""Screens of schemas: every event that a vendor sends, and what it sends beyond them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import msgspec

from app.avro.names import STATE, SchemaName
from app.avro.proposal import proposed
from app.avro.published import Published
from app.errors import UserError
from app.inspector.drift_look import Looked
from app.inspector.page.screen import Answer, Ask, Screen, not_found
from app.read.drift import Drift


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event: `fields` of its latest version, `drift` how many more are sent."""

    vendor: str
    name: str
    doc: str
    versions: list[int]
    fields: int
    drift: int


class Version(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    id: int
    schema: dict[str, Any]


def schemas_screen(ask: Ask) -> Answer:
    looked = _looked(ask)
    drift = [] if looked is None else looked.found
    events = _events(ask.inspected.published, drift)
    vendors = [(vendor, list(of)) for vendor, of in groupby(events, lambda one: one.vendor)]
    context = {"vendors": vendors, "drift": drift, "looked": looked}
    return Screen(template="schemas.html", context=context, here="schemas")


def schema_screen(ask: Ask) -> Answer:
    vendor, name = ask.params["vendor"], ask.params["name"]
    published = ask.inspected.published
    files = published.repository.versions(vendor, name)
    if not files or vendor == STATE:
        words = "Schemas lie in schemas/<vendor>/<event>/v<N>.avsc."
        return not_found(f"There is no event {vendor}.{name}", words, "schemas")
    looked = _looked(ask)
    drift = [] if looked is None else looked.found
    mine = [one for one in drift if (one.vendor, one.event) == (vendor, name)]
    versions = [
        Version(
            number=file.name.version,
            id=published.lock.by_name[file.name].id,
            schema=dict(file.schema),
        )
        for file in reversed(files)
        if file.name in published.lock.by_name
    ]
    context = {
        "vendor": vendor,
        "name": name,
        "versions": versions,
        "drift": mine,
        "looked": looked,
        "next": SchemaName(vendor, name, files[-1].name.version + 1),
        "proposal": _proposal(dict(files[-1].schema), mine),
    }
    return Screen(template="schema.html", context=context, here="schemas")


def _looked(ask: Ask) -> Looked | None:
    try:
        return ask.inspected.drift.look()
    except UserError:
        return None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a schema's file, and of the one before it."""

    text: str
    before: str


def _proposal(schema: dict[str, Any], drift: Iterable[Drift]) -> Proposal | None:
    """With all fields that there is a place for; None where there is none."""
    before = schema
    for one in sorted(drift, key=lambda one: one.field):
        try:
            schema = proposed(schema, one.field, one.types, one.example)
        except KeyError:
            continue
    return None if schema is before else Proposal(text=_file(schema), before=_file(before))


def _file(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _events(published: Published, drift: Iterable[Drift]) -> list[Event]:
    drift = list(drift)
    found: list[Event] = []
    for vendor, name in published.repository.lines():
        if vendor == STATE:
            continue
        files = published.repository.versions(vendor, name)
        latest = files[-1].schema
        found.append(
            Event(
                vendor=vendor,
                name=name,
                doc=latest.get("doc", ""),
                versions=[file.name.version for file in files],
                fields=len(latest["fields"]) - 1,
                drift=sum((one.vendor, one.event) == (vendor, name) for one in drift),
            )
        )
    return found
