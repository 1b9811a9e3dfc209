"""One raw record by its place: the row that it belongs to, or the record alone."""

from __future__ import annotations

from app.core.webhook import place_of
from app.inspector.page.links import row_link
from app.inspector.page.screen import Answer, Ask, Elsewhere, Screen, not_found
from app.read.tables import table_of


def record_screen(ask: Ask) -> Answer:
    raw = ask.params["raw"]
    place = place_of(raw)
    record = None if place is None else ask.raw_log.record(place)
    if record is None:
        words = "A place is a partition and an offset, such as 3:1204; receipts name it."
        return not_found(f"The raw log has no record {raw}", words, "")
    if table_of(record.key) is not None and ask.inspected.view.row(record.key) is not None:
        return Elsewhere(f"{row_link(record.key, open=raw)}#w-{raw.replace(':', '-')}")
    return Screen(template="record.html", context={"record": record, "raw": raw}, here="")
