"""Values of queries, as they are printed."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.show.times import exact
from app.export.arrow_values import rows
from app.export.cells import as_json, csv_line, distinct, plain, words

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NOON, "2026-06-01T12:00:00.000000Z"),
        (NOON.astimezone(timezone(timedelta(hours=5))), "2026-06-01T12:00:00.000000Z"),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "1969-12-31T23:59:59.999999Z"),
        (datetime(2026, 6, 1, 12), "2026-06-01T12:00:00"),
        (date(2026, 6, 1), "2026-06-01"),
        (b"\0\xff", "00ff"),
        (Decimal("12"), 12),
        (Decimal("1e30"), 10**30),
        (Decimal("1.50"), Decimal("1.50")),
        ({"at": [NOON, None]}, {"at": ["2026-06-01T12:00:00.000000Z", None]}),
        (timedelta(seconds=90), "0:01:30"),
        (pa.MonthDayNano([0, 0, 90_000_000_000]), "0:01:30"),
        (pa.MonthDayNano([2, 1, -500_000_000]), "2 months 1 days -0:00:00.500000"),
        (pa.MonthDayNano([0, 0, 0]), "0:00:00"),
        (True, True),
        (None, None),
    ],
)
def test_a_value_as_json_has_it(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert json.loads(as_json(plain(value))) == json.loads(as_json(expected))


def test_a_time_is_told_as_it_is_asked() -> None:
    assert plain({"at": NOON}, exact) == {"at": "2026-06-01T12:00:00Z"}


def test_what_is_nested_is_json_in_a_cell() -> None:
    assert words(plain({"a": [1, Decimal("0.5"), "é\n"]})) == '{"a":[1,0.5,"é\\n"]}'
    assert (words(True), words(None), words("x"), words(1.5)) == ("true", "", "x", "1.5")


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=5))
def test_csv_is_read_back_as_it_was(values: list[str]) -> None:
    line = csv_line(values)
    assert [*csv.reader(io.StringIO(line, newline=""))] == [values]


def test_in_csv_null_is_not_an_empty_text() -> None:
    assert csv_line([None, "", 0, False]) == ',"",0,false\r\n'


def test_columns_of_one_name_are_told_apart() -> None:
    assert [*distinct(["a", "a", "a_1", "b", "a"])] == ["a", "a_2", "a_1", "b", "a_3"]


def test_a_time_that_python_has_not_is_text() -> None:
    far = pa.array([2**62, 0, None], pa.timestamp("us", tz="UTC"))
    [[first], [second], [third]] = rows(pa.RecordBatch.from_arrays([far], ["at"]))
    assert first.endswith("Z") and second.startswith("1970-01-01") and third is None
