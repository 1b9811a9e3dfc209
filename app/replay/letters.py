"""Dead letters whose webhooks a replay has in its rows, since they can be folded as they lie."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.catalogue import Catalogue
from app.core.dead_letter import REDRIVEN
from app.core.projection import Table
from app.core.rows import Codec
from app.core.webhook import NotARawRecord
from app.kafka.log import Progress
from app.read.dead_letters import Letter, as_raw_record, letter
from app.read.reader import Reader
from app.replay.refold import refold_key
from app.replay.selection import Selection


def taken_in(
    reader: Reader,
    topic: str,
    catalogue: Catalogue,
    codecs: Mapping[Table, Codec],
    selection: Selection,
    progress: Progress | None = None,
) -> list[str]:
    """The raw places of those that are open. A closing one may stand anywhere."""
    folding: dict[str, str] = {}
    closed: set[str] = set()
    for record in reader.read(topic, progress=progress):
        one = letter(record)
        if one.reason == REDRIVEN:
            closed.add(one.known_by)
        elif _folds(one, catalogue, codecs, selection):
            folding[one.known_by] = one.raw
    return [raw for known_by, raw in folding.items() if known_by not in closed]


def _folds(
    one: Letter, catalogue: Catalogue, codecs: Mapping[Table, Codec], selection: Selection
) -> bool:
    try:
        record = as_raw_record(one)
    except NotARawRecord:
        return False
    if not selection.takes(record):
        return False
    _, [projected] = refold_key([record], catalogue, codecs)
    return projected.effect == "applied"
