"""What differs between a row at one moment and at another."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.projection import Table
from app.history.moment import Change
from app.read.avro_json import Plain
from app.read.compare import differences
from app.read.row_json import RowJson

LITTLE_NEWS = ("events", "duplicates", "late", "partition", "offset", "fold_version")
"""Fields that say no more than that a webhook came; a person reads on without them."""


def difference(
    json: RowJson, table: Table, before: Mapping[str, Plain] | None, after: Mapping[str, Plain]
) -> list[Change]:
    """Field by field, in the order of the row's fields; rows as `json` gives them. A row that was
    not there yet is one of which nothing was said.
    """
    was = json.blank(table) if before is None else before
    return [
        Change(path=one.field, before=one.left, after=one.right) for one in differences(was, after)
    ]
