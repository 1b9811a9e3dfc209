"""The row of a call."""

from __future__ import annotations

from typing import Any

from tests.oracle.conversation import number_first
from tests.oracle.people import shown
from tests.oracle.reading import cut

WORDS = (
    "status",
    "disposition",
    "wrapup_code",
    "direction",
    "from_number",
    "to_number",
    "queue",
    "campaign",
    "script",
)
OTHERS = ("dialer", "total_ms", "waiting_ms", "talk_ms", "recording_url", "cdr_url")


def call_row(row: dict[str, Any], by_time: list[dict]) -> None:
    row |= dict.fromkeys((*WORDS, *OTHERS))
    for event in by_time:
        for name, value in event.get("values", {}).items():
            row[name] = cut(value) if name in WORDS else value
    row["contact"] = shown(by_time, "contact", ("id", "name", "email", "phone", "handle"))
    row["agent"] = shown(by_time, "agent", ("id", "name", "email", "extension"))
    for name in ("started_at", "answered_at", "ended_at"):
        stated = [event[name] for event in by_time if event[name] is not None]
        row[name] = min(stated, default=None)
    if row["started_at"] is not None:
        row["created_at"] = min(row["created_at"], row["started_at"])
    outcomes(row, by_time)
    if row["outcomes"]:
        row["phase"] = "tagged"
    elif row["ended_at"] is not None:
        row["phase"] = "ended"
    elif row["answered_at"] is not None:
        row["phase"] = "answered"
    else:
        row["phase"] = "started"


def outcomes(row: dict[str, Any], by_time: list[dict]) -> None:
    """`by_time` makes the contents the latest; the first time is kept."""
    by_id: dict[str, dict] = {}
    for event in by_time:
        if "outcome" in event:
            outcome = event["outcome"]
            first = by_id.get(outcome["id"], {"tagged_at": event["at"]})["tagged_at"]
            by_id[outcome["id"]] = outcome | {"tagged_at": first}
    row["outcomes"] = sorted(
        by_id.values(), key=lambda one: (one["tagged_at"], number_first(one["id"]))
    )
    row["outcome"] = row["outcomes"][-1]["type"] if row["outcomes"] else None
    row["tagged_at"] = row["outcomes"][0]["tagged_at"] if row["outcomes"] else None
