"""One raw record by its place: the row that it belongs to, or the record alone."""

from __future__ import annotations

from app.core.webhook import place_of
from app.inspector.page.links import row_link
from app.inspector.page.screen import Answer, Ask, Elsewhere, Screen, not_found
from app.inspector.page.waiting import waits
from app.inspector.view.letter_list import LetterQuery
from app.read.tables import table_of

_BECAME = {True: "waiting", False: "no row", None: "unknown"}


def record_screen(ask: Ask) -> Answer:
    raw = ask.params["raw"]
    place = place_of(raw)
    record = None if place is None else ask.raw_log.record(place)
    if place is None or record is None:
        words = "A place is a partition and an offset, such as 3:1204; receipts name it."
        return not_found(f"The raw log has no record {raw}", words, "")
    if table_of(record.key) is not None and ask.inspected.view.row(record.key) is not None:
        return Elsewhere(f"{row_link(record.key, open=raw)}#w-{raw.replace(':', '-')}")
    letters = ask.inspected.view.letters(LetterQuery(q=raw, closed=True), 1).items
    letter = next(iter(letters), None)
    context = {
        "record": record,
        "raw": raw,
        "letter": letter,
        "became": "dead" if letter else _BECAME[waits(ask.inspected, place)],
    }
    return Screen(template="record.html", context=context, here="")
