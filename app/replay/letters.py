"""Dead letters whose webhooks a replay has in its rows, since they can be folded as they lie."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.core.rows import Codec
from app.core.webhook import NotARawRecord, place_of
from app.kafka.log import Progress
from app.read.dead_letters import Letter, as_raw_record, letter
from app.read.reader import Reader
from app.replay.refold import folded_alone
from app.replay.selection import Selection


class Letters:
    """`topic` is theirs. The shadow was made of `selection`."""

    def __init__(
        self,
        reader: Reader,
        topic: str,
        catalogue: Catalogue,
        codecs: Mapping[Table, Codec],
        selection: Selection,
    ) -> None:
        self._reader = reader
        self._topic = topic
        self._catalogue = catalogue
        self._codecs = codecs
        self._selection = selection

    def unpublished(
        self,
        projected: Mapping[int, int],
        number: int | None = None,
        progress: Progress | None = None,
    ) -> list[str]:
        """The raw places of those whose events no worker has published: open ones, and those whose
        copies lie where workers, which have come to `projected`, have yet to come. They would take
        a copy for a duplicate of what the row then has. A closing one may stand anywhere in the
        partition of its letter. Of one partition, if its `number` is given.
        """
        spans = None if number is None else {number: self._reader.span(self._topic, number)}
        folding: dict[str, str] = {}
        closed: set[str] = set()
        for record in self._reader.read(self._topic, spans, progress):
            one = letter(record)
            if one.closes:
                if _was_reached(one.copy, projected):
                    closed.add(one.known_by)
            elif self._folds(one):
                folding[one.known_by] = one.raw
        return [raw for known_by, raw in folding.items() if known_by not in closed]

    def _folds(self, one: Letter) -> bool:
        try:
            record = as_raw_record(one)
        except NotARawRecord:
            return False
        if not self._selection.takes(record):
            return False
        return folded_alone(record, self._catalogue, self._codecs).effect == "applied"


def _was_reached(copy: str, projected: Mapping[int, int]) -> bool:
    place = place_of(copy)
    return place is None or place[1] < projected.get(place[0], 0)
