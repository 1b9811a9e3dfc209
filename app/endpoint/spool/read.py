"""Everything that can be read of a file of the spool."""

from __future__ import annotations

import msgspec

from app.core.webhook import RawRecord
from app.endpoint.spool.frame import MAGIC, MARKER_BYTES, read_frames
from app.endpoint.spool.segment_file import Name
from app.endpoint.spool.stored import decode_record


class Found(msgspec.Struct, frozen=True):
    """The records of a file, each with where its frame begins; `size` in bytes. `broken`: there is
    more in it that cannot be read. A torn end is no such thing: it was never promised.
    """

    records: list[tuple[int, RawRecord]]
    size: int
    torn: bool
    broken: bool

    @property
    def oldest_at(self) -> int | None:
        return min((record.received_at for _, record in self.records), default=None)


def read_records(data: bytes, name: Name | None) -> Found:
    """A file that somebody has named anew tells its marker itself, if it is one of ours at all."""
    beginning = data[len(MAGIC) : len(MAGIC) + MARKER_BYTES]
    marker = beginning if name is None else name.marker
    if len(marker) < MARKER_BYTES:
        return Found([], len(data), torn=False, broken=bool(data))
    frames, torn, broken = read_frames(data, marker)
    decoded = [(frame.at, decode_record(frame.payload)) for frame in frames]
    records = [(at, record) for at, record in decoded if record is not None]
    return Found(records, len(data), torn, broken or len(records) < len(decoded))
