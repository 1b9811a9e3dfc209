"""Times as vendors spell them."""

from __future__ import annotations

import pytest

from app.core.times import micros


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-01-15T00:00:00Z", 1_705_276_800_000_000),
        ("20240115", 1_705_276_800_000_000),
        ("1705276800", 1_705_276_800_000_000),
        ("1705276800000", 1_705_276_800_000_000),
        # As ISO 8601 these would be 1712-01-05 23:45 and 1611-05-30 12:23.
        ("1712010512345", 1_712_010_512_345_000),
        ("1611053051223", 1_611_053_051_223_000),
    ],
)
def test_text(text: str, at: int) -> None:
    assert micros(text) == at


@pytest.mark.parametrize("value", ["9" * 400, 10**400, "٢٠٢٤٠١١٥٠١", float("nan"), float("inf")])
def test_what_is_no_time_is_a_value_error(value: str | float) -> None:
    with pytest.raises(ValueError, match=r"."):
        micros(value)
