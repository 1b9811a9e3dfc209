"""Decoded events as JSON: what `events.<vendor>` holds of them, by their Avro names."""

from __future__ import annotations

from typing import NamedTuple

from app.avro.repository import Repository
from app.core.catalogue import Decoded, SchemaName
from app.read.avro_json import Plain, RecordJson


class _Latest(NamedTuple):
    version: int
    json: RecordJson


class EventJson:
    """By the latest schema of each event, which is what it is decoded by."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._known: dict[SchemaName, _Latest] = {}

    def of(self, decoded: Decoded) -> dict[str, Plain]:
        """Fields that the body does not have are left out where that differs from null."""
        return self._latest(decoded.schema).json.of(decoded.event)

    def version(self, decoded: Decoded) -> int:
        """Of the event's schema."""
        return self._latest(decoded.schema).version

    def _latest(self, name: SchemaName) -> _Latest:
        if name not in self._known:
            file = self._repository.latest(*name)
            self._known[name] = _Latest(file.name.version, RecordJson(file.schema))
        return self._known[name]
