"""Avro encoders generated from schemas: the bytes that fastavro writes, in a fifth of its time.

An encoder reads attributes (msgspec Structs, or anything that has them) named as the fields. In
a nullable place None and UNSET are null. Texts are str, bytes are bytes or bytearray, arrays are
lists or tuples, maps are dicts; any other class is refused, so nothing is written that was not
meant. For the code itself see `app.avro.encoder_code`.

A record type with `"hookline": "kept"` is encoded once an object: what was made of it is kept in
the object's attribute `encoded`, which whoever changes the object sets back to None. One with
`"hookline": "repeated"` is one that events share and nobody changes: what was made of the latest
few thousand objects is kept here. A string with `"hookline": "word"` is one of few, as the keys
of every map are: what is made of it is remembered as well.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Never

from msgspec import UNSET

from app.avro.encoder_code import encoder_code
from app.avro.generated import SchemaNotSupported
from app.avro.names import Schema
from app.avro.refusal import NotEncodable, refuse
from app.avro.varint import (
    NEXT,
    SMALL,
    SPANS,
    varint,
    varint_of_int,
    varint_of_long,
    varint_of_time,
)
from app.avro.words import wide

__all__ = ["MADE", "Encoder", "NotEncodable", "SchemaNotSupported", "compile_encoder"]

Encoder = Callable[[Any], bytes]

MADE = 4_096  # objects of a repeated type that are remembered


def compile_encoder(schema: Schema, head: bytes = b"", *, unset: bool = True) -> Encoder:
    """Make the encoder of a record from its parsed schema; `head` precedes what it writes. With
    `unset` False it is for objects that have no UNSET, which is then of a wrong type.

    Raises SchemaNotSupported. The encoder raises NotEncodable, AttributeError where an attribute
    is missing, OverflowError for a long beyond 64 bits.
    """
    names = {**_NAMES, "SCHEMA": schema}
    for name, source in encoder_code(schema, head.decode("latin-1"), names, unset=unset):
        exec(compile(source, f"<{name} {schema['name']}>", "exec"), names)  # noqa: S102
    return names["encode"]


def _packed(layout: struct.Struct) -> Callable[[float], str]:
    return lambda number: layout.pack(number).decode("latin-1")


def _other_type() -> Never:
    raise TypeError("a value of another type")


def _keep(
    memo: dict[int, tuple[object, str]], made_of: object, encode: Callable[[object], str]
) -> str:
    """Remember by identity: while an object is remembered, no other has its id."""
    if len(memo) >= MADE:
        memo.clear()
    text = encode(made_of)
    memo[id(made_of)] = (made_of, text)
    return text


_NAMES: dict[str, Any] = {
    "UNSET": UNSET,
    "isascii": str.isascii,
    "wide": wide,
    "NEXT": NEXT,
    "SMALL": SMALL,
    "SMALL_0": ["\0" + text for text in SMALL],
    "SMALL_2": ["\2" + text for text in SMALL],
    "SPANS": SPANS,
    "varint": varint,
    "varint_of_int": varint_of_int,
    "varint_of_long": varint_of_long,
    "varint_of_time": varint_of_time,
    "float_text": _packed(struct.Struct("<f")),
    "double_text": _packed(struct.Struct("<d")),
    "other_type": _other_type,
    "keep": _keep,
    "refuse": refuse,
}
