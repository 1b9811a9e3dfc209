"""What today's code makes of a dead letter."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.avro.event_encoders import EventEncoders
from app.core.catalogue import Catalogue
from app.core.projection import Table, internal
from app.core.rows import Codec
from app.core.undecodable import NO_ENDPOINT, Undecodable
from app.core.webhook import NotARawRecord, RawRecord
from app.read.dead_letters import Letter, as_raw_record
from app.replay.refold import folded_alone


class Today:
    """The rules of this program."""

    def __init__(
        self, catalogue: Catalogue, codecs: Mapping[Table, Codec], encoders: EventEncoders
    ) -> None:
        self.catalogue = catalogue
        self.codecs = codecs
        self._encoders = encoders

    def copy(self, letter: Letter) -> RawRecord:
        """The raw record to append for a letter: its body, event id and receive time, under
        today's key and type. (Its place is still that of the one it stands in for.) Raises
        Undecodable where it would become a dead letter again.
        """
        try:
            record = as_raw_record(letter)
        except NotARawRecord as error:
            raise Undecodable("unknown_event", f"{NO_ENDPOINT}: {error}") from None
        try:
            renamed = self.catalogue.renamed(record)
            copy = msgspec.structs.replace(renamed, redrive=letter.raw)
            self._must_work(copy)
        except Undecodable:
            raise
        except Exception as error:
            raise internal(error) from error
        return copy

    def why(self, letter: Letter) -> Undecodable | None:
        """Why it would be dead again; None where it would not be."""
        try:
            self.copy(letter)
        except Undecodable as error:
            return error
        return None

    def _must_work(self, copy: RawRecord) -> None:
        """All that the worker does with it, on a row of its own."""
        projected = folded_alone(copy, self.catalogue, self.codecs)
        if projected.error is not None:
            raise projected.error
        assert projected.decoded is not None
        self._encoders[projected.decoded.schema](projected.decoded.event)
