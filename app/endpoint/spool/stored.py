"""A webhook as a payload of the spool: a msgpack array of its record's fields, in a fixed order."""

from __future__ import annotations

import msgspec

from app.core.webhook import RawRecord

_NOT_YET = -1


class _Stored(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The order is the format: fields may be added at the end, with a default. The last is never
    a number: see `frame`, which wants no payload to end with a zero.
    """

    key: str
    body: bytes
    id: str
    source: str
    type: str
    received_at: int
    content_type: str
    delivery: str | None
    account: str | None
    end: bool = True


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode


def encode_record(record: RawRecord) -> bytes:
    return _encode(
        _Stored(
            record.key,
            record.body,
            record.id,
            record.source,
            record.type,
            record.received_at,
            record.content_type,
            record.delivery,
            record.account,
        )
    )


def decode_record(payload: bytes) -> RawRecord | None:
    """None where it is of a form that this version does not know."""
    try:
        stored = _decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return RawRecord(
        partition=_NOT_YET,
        offset=_NOT_YET,
        key=stored.key,
        body=stored.body,
        id=stored.id,
        source=stored.source,
        type=stored.type,
        received_at=stored.received_at,
        content_type=stored.content_type,
        delivery=stored.delivery,
        account=stored.account,
    )
