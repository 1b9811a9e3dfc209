"""Encoders of all events, in the wire format, with the ids that the lock gives their schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.avro.encoder import compile_encoder
from app.avro.lock import Lock
from app.avro.names import STATE
from app.avro.repository import Repository
from app.avro.wire import head

EventEncoders = Mapping[tuple[str, str], Callable[[Any], bytes]]
"""By (vendor, folder), as `Decoded.schema` names them."""


def event_encoders(repository: Repository, lock: Lock) -> EventEncoders:
    """They write the latest version of each event. Raises KeyError where it is not in the lock."""
    latest = [repository.latest(*line) for line in repository.lines() if line[0] != STATE]
    return {
        (file.name.group, file.name.name): compile_encoder(
            file.schema, head(lock.by_name[file.name].id)
        )
        for file in latest
    }
