"""Avro decoders generated from schemas and the classes that hold their records: what fastavro and
msgspec.convert make of the bytes, in a quarter of their time.

Classes are msgspec Structs with a field for each of the schema's; those that the schema has not
take their defaults. Every length, branch and number is checked, and the record has to end where
the bytes do: bytes that were cut off never make one. For the code see `app.avro.decoder_code`.

A record type with `"hookline": "kept"` gets what it was read from as its `encoded`, so that it is
not encoded again. Where the same one stands again within a record, it is the same object: types
that stand in several places are never changed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Never, TypeVar

from app.avro.decoder_code import decoder_code
from app.avro.names import Schema
from app.avro.unvarint import PAD, SPAN_STARTS, eight, read_count, read_int, read_long, read_size

T = TypeVar("T")


class NotDecodable(ValueError):
    """Bytes that are no record of their schema."""


def compile_decoder(schema: Schema, cls: type[T], skip: int = 0) -> Callable[[bytes], T]:
    """Make the decoder of a record from its parsed schema; it passes over the first `skip` bytes.

    Raises SchemaNotSupported. The decoder raises NotDecodable.
    """
    names: dict[str, Any] = {
        "PAD": PAD,
        "SMALL": [n >> 1 ^ -(n & 1) for n in range(128)],
        "SIZES": [None if n & 129 else n >> 1 for n in range(256)],  # of one byte, and 0 or more
        "SPAN_STARTS": SPAN_STARTS,
        "eight": eight,
        "float_at": struct.Struct("<f").unpack_from,
        "double_at": struct.Struct("<d").unpack_from,
        "read_count": read_count,
        "read_int": read_int,
        "read_long": read_long,
        "read_size": read_size,
        "narrow": _narrow,
        "bad": _bad,
        "failed": _failed,
        "errors": (ValueError, IndexError, struct.error),
    }
    source = decoder_code(schema, cls, skip, names)
    exec(compile(source, f"<decode {schema['name']}>", "exec"), names)  # noqa: S102
    return names["decode"]


def _narrow(text: str) -> str:
    """The text whose UTF-8 is these characters, one a byte."""
    return text.encode("latin-1").decode()


def _bad(what: str) -> Never:
    raise ValueError(what)


def _failed(name: str, error: Exception) -> NotDecodable:
    what = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
    return NotDecodable(f"the bytes are no {name}: {what}")
