"""The row of a contact."""

from __future__ import annotations

from typing import Any

from tests.oracle.reading import cut

VALUES = ("type", "name", "email", "phone", "handle", "organisation_id", "organisation_name")


def contact_row(row: dict[str, Any], by_time: list[dict]) -> None:
    row |= dict.fromkeys(VALUES) | {"phase": "known"}
    for event in by_time:
        for name, value in event["values"].items():
            if name == "deleted":
                row["phase"] = "deleted" if value else "known"
            else:
                row[name] = cut(value)
