"""Schemas without logical types."""

from __future__ import annotations

from typing import Any


def plain(schema: Any) -> Any:
    """A schema without logical types: times stay the numbers that rows and events hold."""
    if isinstance(schema, dict):
        return {name: plain(value) for name, value in schema.items() if name != "logicalType"}
    return [plain(one) for one in schema] if isinstance(schema, list) else schema
