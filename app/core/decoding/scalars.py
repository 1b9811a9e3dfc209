"""Single JSON values read one by one, as the slow path meets them."""

from __future__ import annotations

import re
from typing import Any

from app.core.decoding.shapes import AnyShape, Choice, Id, Number, Seconds, Time, Truth, Whole
from app.core.decoding.values import millis_of
from app.core.times import micros

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


class Mismatch(Exception):
    """A value that is not of its shape; `expected` names the shape with an article."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def read(shape: AnyShape, value: Any, form: bool, longest: int) -> Any:  # noqa: PLR0911
    """The Avro value of a JSON value, texts cut to `longest`. `form`: numbers and booleans may be
    text. Raises Mismatch.
    """
    try:
        match shape:
            case Id():
                return _id(value)[:longest]
            case Time():
                at = micros(_of(value, (str, int, float), "a time"))
                return (at or None) if shape.zero_is_null else at
            case Whole():
                return _whole(shape, value, form)
            case Seconds():
                return millis_of(_number(value, form, "a number of seconds"))
            case Number():
                return float(_number(value, form, "a number"))
            case Truth():
                if form and type(value) is str and value in _TRUTHS:
                    return _TRUTHS[value]
                return _of(value, (bool,), "a boolean")
            case Choice():
                if value not in shape.symbols:
                    raise Mismatch("one of " + ", ".join(shape.symbols))
                return value
            case _:
                raise TypeError(f"{shape} is not a single value")
    except (ValueError, OverflowError):
        raise Mismatch("a time" if isinstance(shape, Time) else "a number in range") from None


def _id(value: Any) -> str:
    return str(_of(value, (str, int), "a string or an integer"))


def _whole(shape: Whole, value: Any, form: bool) -> int:
    in_text = form and type(value) is str and _INTEGER.fullmatch(value)
    if in_text or (type(value) is float and value.is_integer()):
        value = int(value)
    number: int = _of(value, (int,), "an integer")
    if not shape.low <= number <= shape.high:
        raise Mismatch("an integer in range")
    return number


def _number(value: Any, form: bool, expected: str) -> int | float:
    if form and type(value) is str and _DECIMAL.fullmatch(value):
        value = float(value) if "." in value else int(value)
    return _of(value, (int, float), expected)


def _of(value: Any, kinds: tuple[type, ...], expected: str) -> Any:
    if type(value) not in kinds:
        raise Mismatch(expected)
    return value
