"""What bodies of the made-up vendor become, and why others become nothing."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.undecodable import Undecodable
from tests.unit.decoding.orders import as_json, decoder, order

AT = 1_774_463_400_000_000  # 2026-03-25T18:30:00Z
DECODER = decoder()


def by_both_paths(body: bytes) -> Any:
    found = DECODER.decode(body)
    assert found == DECODER.decode_slowly(body)
    return found


def fields_of(**fields: Any) -> Any:
    return by_both_paths(as_json(order(**fields)))


def refused(body: bytes, content_type: str = "application/json") -> Undecodable:
    with pytest.raises(Undecodable) as caught:
        DECODER.decode(body, content_type)
    return caught.value
