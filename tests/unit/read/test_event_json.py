"""An event as JSON is what a consumer of `events.<vendor>` decodes."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import fastavro
import pytest

from app.avro.event_encoders import EventEncoders, event_encoders
from app.avro.fastavro_schema import fastavro_schema
from app.avro.lock import load_lock
from app.avro.wire import unframe
from app.core.undecodable import Undecodable
from app.core.webhook import iso
from app.read.event_json import EventJson
from tests.golden.cases import Case, cases
from tests.unit.read.installation import catalogue, repository

A_RECENT_TIME = 10**14  # no other number in an event is as large


@cache
def encoders() -> EventEncoders:
    return event_encoders(repository(), load_lock().with_new(repository()))


def consumed(schema: Any, encoded: bytes) -> Any:
    """As fastavro reads it, times as ISO text."""
    return _with_times(fastavro.schemaless_reader(io.BytesIO(unframe(encoded)[1]), schema))


def _with_times(value: Any) -> Any:
    match value:
        case dict():
            return {name: _with_times(one) for name, one in value.items()}
        case list():
            return [_with_times(one) for one in value]
        case int() if value > A_RECENT_TIME:
            return iso(value)
        case _:
            return value


def _with_nulls(said: Any, consumed: Any) -> Any:
    """What was not said is left out of the JSON, and null in Avro."""
    match said, consumed:
        case dict(), dict():
            return {name: _with_nulls(said.get(name), one) for name, one in consumed.items()}
        case list(), list():
            return [_with_nulls(*pair) for pair in zip(said, consumed, strict=True)]
        case _:
            return said


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_it_is_what_a_consumer_decodes(case: Case) -> None:
    try:
        decoded = catalogue().decode(case.record())
    except Undecodable:
        return
    said = EventJson(repository()).of(decoded)
    latest = repository().latest(*decoded.schema)
    encoded = encoders()[decoded.schema](decoded.event)
    theirs = consumed(fastavro_schema(latest.schema), encoded)
    assert said.keys() <= theirs.keys()
    assert _with_nulls(said, theirs) == theirs
    assert EventJson(repository()).version(decoded) == latest.name.version
