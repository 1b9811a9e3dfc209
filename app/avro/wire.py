"""Confluent's wire format: a zero byte, the schema's id in 4 bytes (big-endian), the Avro bytes."""

from __future__ import annotations

from functools import lru_cache

MAGIC = b"\0"
HEAD = 5


class NotFramed(ValueError):
    """Bytes that are not in the wire format."""


@lru_cache(maxsize=1024)
def head(schema_id: int) -> bytes:
    """What precedes the Avro bytes of this schema."""
    return MAGIC + schema_id.to_bytes(4, "big")


def frame(schema_id: int, body: bytes) -> bytes:
    """Avro bytes in the wire format."""
    return head(schema_id) + body


def unframe(value: bytes) -> tuple[int, bytes]:
    """The schema's id and the Avro bytes. Raises NotFramed."""
    if len(value) < HEAD or value[:1] != MAGIC:
        raise NotFramed("the value is not in the Confluent wire format: it does not begin with 0")
    return int.from_bytes(value[1:HEAD], "big"), value[HEAD:]
