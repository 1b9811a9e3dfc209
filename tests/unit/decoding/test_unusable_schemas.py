"""Schemas that describe no body are refused before one comes."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.decoder import SchemaUnusable, compile_decoder
from tests.unit.decoding.orders import ID, optional, order_schema, shop


@pytest.mark.parametrize(
    "field",
    [
        {"name": "class", "type": "string"},
        {"name": "a", "type": ["string", "long"]},
        {"name": "a", "type": "bytes"},
        {"name": "a", "type": "Unknown"},
        {"name": "a", "type": {"type": "string", "hookline": "ids"}},
        {"name": "a", "type": "string", "json": "event"},
    ],
)
def test_a_schema_that_describes_no_body_is_refused(field: dict[str, Any]) -> None:
    schema = order_schema()
    schema["fields"].insert(1, field)
    with pytest.raises(SchemaUnusable):
        compile_decoder(schema, shop())


def test_a_schema_without_extra_is_refused() -> None:
    schema = order_schema(fields=[{"name": "id", "type": ID}, optional("name", "string")])
    with pytest.raises(SchemaUnusable, match="extra"):
        compile_decoder(schema, shop())
