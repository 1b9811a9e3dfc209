"""Compares rows with the stories that vendors told: what must come of one is known from its
script, neither from the log nor from a fold.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.core.projection import Table
from app.simulate.expectation import differences
from app.simulate.report import settle as mark_incomplete
from tests.faults.vendors import Vendors
from tests.property.seam import public

SHOWN = 5


def none_differs(vendors: Vendors, rows: Mapping[tuple[Table, bytes], bytes]) -> None:
    """Of the stories of which every webhook was taken: a vendor that gave one up leaves open
    whether that had been stored all the same.
    """
    mark_incomplete(vendors.traffic.rows, vendors.tally)
    complete = [row for row in vendors.traffic.rows if row.complete]
    assert complete, "no story was told to its end"
    found = {key.decode(): public(table, row) for (table, key), row in rows.items()}
    differ: list[str] = []
    for row in complete:
        row.sent_again = 0  # of a body that went twice, one may have been given up
        differ += differences(row, found.get(row.key))
    shown = "\n  ".join(differ[:SHOWN])
    assert not differ, f"rows are not as their stories say ({len(differ)})\n  {shown}"
