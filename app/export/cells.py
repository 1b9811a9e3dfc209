"""Values that a query gives, as other commands show theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from app.core.times import EPOCH
from app.core.webhook import iso

_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=str)
_QUOTED = frozenset('",\r\n')


def plain(value: Any, said: Callable[[int], str] = iso) -> Any:  # noqa: PLR0911
    """A value that JSON has. A time with a zone is what `said` makes of its microseconds."""
    match value:
        case datetime():
            return _time(value, said)
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Decimal():
            return int(value) if value == value.to_integral_value() else value
        case dict():
            return {str(name): plain(one, said) for name, one in value.items()}
        case list():
            return [plain(one, said) for one in value]
        case None | bool() | int() | float() | str():
            return value
        case (int(months), int(days), int(nanoseconds)):  # as Arrow has an interval
            return _interval(months, days, nanoseconds)
        case _:
            return str(value)


def _interval(months: int, days: int, nanoseconds: int) -> str:
    """`2 months 1 days 0:01:30`, without what is 0."""
    parts = [f"{n} {unit}" for n, unit in ((months, "months"), (days, "days")) if n]
    rest = str(timedelta(microseconds=abs(nanoseconds) // 1_000))
    if nanoseconds or not parts:
        parts.append(f"-{rest}" if nanoseconds < 0 else rest)
    return " ".join(parts)


def _time(value: datetime, said: Callable[[int], str]) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    since = value.astimezone(UTC) - EPOCH
    return said((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def words(value: Any) -> str:
    """What `plain` gives, as text: what is nested, as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return as_json(value).decode()


def as_json(value: Any) -> bytes:
    return _ENCODER.encode(value)


def csv_line(values: Sequence[Any]) -> str:
    """With its end. Nothing is NULL, and `""` a text without a character."""
    return ",".join(map(_csv, values)) + "\r\n"


def _csv(value: Any) -> str:
    text = words(value)
    if (text == "" and value is not None) or not _QUOTED.isdisjoint(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def distinct(names: Sequence[str]) -> Iterator[str]:
    """Column names, each once: `a`, `a_1`."""
    used = set(names)
    seen: set[str] = set()
    for name in names:
        one, number = name, 0
        while one in seen or (number and one in used):
            number += 1
            one = f"{name}_{number}"
        seen.add(one)
        yield one
