"""Dead letters: one for each raw record that died, open or closed."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.dead_letter import FINGERPRINT, RAW, REASON
from app.export.choice import Choice
from app.export.headers import ESCAPES, header, source_of, text, texts, time_of
from app.export.line import Line, Unreadable
from app.export.raw import body
from app.export.table import DEAD_LETTERS
from app.kafka.log import Progress
from app.kafka.record import Record
from app.read.dead_letters import Letter, letter
from app.read.progress import Meter, extent
from app.read.reader import Reader
from app.read.shelf import Shelf, Shelves


class Letters:
    """As `sorted_out` has them, but in the order of the log, and however many there are: the first
    of a raw record counts, and a closing alone stands for a letter that has expired. The topic is
    read twice, for a letter may be closed anywhere behind it.
    """

    def __init__(self, reader: Reader, topic: str, choice: Choice) -> None:
        self.topic = topic
        self.tables = [DEAD_LETTERS]
        self._reader = reader
        self._choice = choice

    def lines(self, unreadable: Unreadable, progress: Progress | None) -> Iterator[Line]:
        spans = self._reader.spans(self.topic)
        meter = Meter(progress, 2 * extent(spans.values()))
        with Shelves() as shelves:
            first, closed = shelves.shelf(), shelves.shelf()
            for number, span in spans.items():
                for record in self._reader.read(self.topic, {number: span}, meter.part(span)):
                    _note(letter(record, ESCAPES), first, closed)
            for number, span in spans.items():
                for record in self._reader.read(self.topic, {number: span}, meter.part(span)):
                    yield from self._line(record, first, closed)

    def _line(self, record: Record, first: Shelf, closed: Shelf) -> Iterator[Line]:
        one = letter(record, ESCAPES)
        headers = dict(record.headers)
        known = one.known_by.encode()
        closing, _, copy = closed.get(known, b"").partition(b" ")
        if one.place.encode() != first.get(known, closing) or not self._takes(one, record.key):
            return
        values = (
            header(headers, RAW),
            one.place,
            not closing,
            copy.decode() or None,
            header(headers, "ce_id"),
            header(headers, "ce_type"),
            one.event or None,
            None if record.key is None else text(record.key),
            header(headers, "ce_source") or source_of(record.key),
            time_of(headers),
            header(headers, REASON),
            one.path,
            one.message or None,
            header(headers, FINGERPRINT),
            texts(headers),
            *body(record.value),
        )
        yield Line(DEAD_LETTERS, values, len(record.value or b"") + 1_000)

    def _takes(self, one: Letter, key: bytes | None) -> bool:
        of_source = not self._choice.sources or one.source in self._choice.sources
        return (of_source or self._choice.takes_key(key)) and self._choice.takes_time(
            one.received_at
        )


def _note(one: Letter, first: Shelf, closed: Shelf) -> None:
    """`first` has the place of the letter that counts, by what its raw record is known by; `closed`
    has the place of what closed it, and what it was redriven as.
    """
    known, place = one.known_by.encode(), one.place.encode()
    if one.closes:
        closed.setdefault(known, place + b" " + one.copy.encode())
    else:
        first.setdefault(known, place)
