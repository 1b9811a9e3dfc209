"""Schemas as fastavro takes them here: times stay the numbers that rows and events hold."""

from __future__ import annotations

from typing import Any

import fastavro


def fastavro_schema(schema: Any) -> Any:
    """A schema parsed for fastavro, without its logical types."""
    return fastavro.parse_schema(_bare(schema))


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _bare(value) for name, value in schema.items() if name != "logicalType"}
    return [_bare(one) for one in schema] if isinstance(schema, list) else schema
