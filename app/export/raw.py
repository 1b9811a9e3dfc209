"""The raw log: every record of it, also what no endpoint wrote."""

from __future__ import annotations

from collections.abc import Iterator

from app.export.choice import Choice
from app.export.headers import header, source_of, text, texts, time_of
from app.export.line import Line, Unreadable
from app.export.table import WEBHOOKS
from app.kafka.log import Progress
from app.kafka.record import Record
from app.read.progress import Meter, extent
from app.read.reader import Reader


class Raw:
    """Partition by partition, in the order of the log."""

    def __init__(self, reader: Reader, topic: str, choice: Choice) -> None:
        self.topic = topic
        self.tables = [WEBHOOKS]
        self._reader = reader
        self._choice = choice

    def lines(self, unreadable: Unreadable, progress: Progress | None) -> Iterator[Line]:
        spans = self._choice.spans(self._reader, self.topic)
        meter = Meter(progress, extent(spans.values()))
        for number, span in spans.items():
            for record in self._reader.read(self.topic, {number: span}, meter.part(span)):
                if self._choice.takes_key(record.key):
                    yield from self._line(record)

    def _line(self, record: Record) -> Iterator[Line]:
        headers = dict(record.headers)
        received_at = time_of(headers)
        if not self._choice.takes_time(received_at):
            return
        values = (
            f"{record.partition}:{record.offset}",
            record.partition,
            record.offset,
            None if record.key is None else text(record.key),
            header(headers, "ce_source") or source_of(record.key),
            header(headers, "ce_type"),
            header(headers, "ce_id"),
            received_at,
            header(headers, "content-type"),
            texts(headers),
            *body(record.value),
        )
        yield Line(WEBHOOKS, values, len(record.value or b"") + 16 * len(headers))


def body(value: bytes | None) -> tuple[str | None, bytes | None]:
    """As text or, where it is not UTF-8, as bytes."""
    try:
        return (None if value is None else value.decode()), None
    except UnicodeDecodeError:
        return None, value
