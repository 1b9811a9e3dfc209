"""What may be asked after the `?` of an address, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from app.core.times import EPOCH
from app.inspector.api.problem import Problem

MOST = 500
_LOST_PLUS = re.compile(r":[0-9.]+ [0-9]{2}:?[0-9]{2}$")
_PLUS = "A + in an address stands for a space: write it as %2B, or give the time in UTC with a Z."
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SECOND = 1_000_000
_MICROSECOND = datetime(1970, 1, 1, 0, 0, 0, 1, UTC) - EPOCH

Word = Annotated[str, Meta(max_length=200)]
"""Empty is as good as not given."""
Search = Annotated[
    str,
    Meta(
        max_length=500,
        description="Words that names, e-mail addresses, telephone numbers (in any spelling), "
        "handles, ids or the last message hold, all of them; or a key.",
    ),
]
Limit = Annotated[int, Meta(ge=1, le=MOST, description="At most so many.")]
_NEXT = "The `next` of the page before."
RowCursor = Annotated[str, Meta(pattern=r"^[0-9a-f]{1,15}-[0-9a-f]{1,15}$", description=_NEXT)]
LetterCursor = Annotated[str, Meta(pattern=r"^[0-9a-f]{1,15}-[0-9a-z :]{1,60}$", description=_NEXT)]
Duration = Annotated[
    str, Meta(pattern=r"^[0-9]{1,6}[smhd]$", description="Such as 90s, 30m, 12h or 7d.")
]
Time = Annotated[
    str,
    Meta(
        description="ISO 8601; without a zone it is UTC.", extra_json_schema={"format": "date-time"}
    ),
]

T = TypeVar("T", bound="Parameters")


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """None; others add theirs."""


def read(cls: type[T], given: Sequence[tuple[str, str]]) -> T:
    """Raises Problem for what is unknown, given twice or of a wrong form."""
    values: dict[str, str] = {}
    for name, value in given:
        if name in values:
            raise Problem(400, f"The parameter {name} is given twice.")
        values[name] = value
    try:
        return msgspec.convert(values, cls, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, _words(error, cls)) from None


def _words(error: msgspec.ValidationError, cls: type[Parameters]) -> str:
    said = str(error)
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", said, re.DOTALL)
    if unknown is None:
        return f"{said}."
    known = ", ".join(cls.__struct_fields__)
    allowed = f"There are: {known}." if known else "None may be given."
    return f"There is no parameter {unknown[1]!r} here. {allowed}"


def micros_of(text: str | None, name: str) -> int | None:
    """A time in microseconds since the epoch; before it counts as 0. Raises Problem."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        hint = _PLUS if _LOST_PLUS.search(text) else "Give it as ISO 8601."
        raise Problem(400, f"{name}: {text!r} is not a time. {hint}") from None
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return max(0, (at - EPOCH) // _MICROSECOND)
    except OverflowError:
        raise Problem(400, f"{name}: {text!r} is out of range.") from None


def duration_of(text: str | None) -> int | None:
    """In microseconds."""
    return None if text is None else int(text[:-1]) * _UNITS[text[-1]] * _SECOND
