"""The row of a conversation."""

from __future__ import annotations

from typing import Any

from tests.oracle.people import shown
from tests.oracle.reading import ENDED, RESOLVED, cut

VALUES = (
    "priority",
    "channel",
    "inbox_id",
    "inbox_name",
    "queue",
    "team",
    "wrapup_code",
    "disposition",
)
COUNTED = {"note": "notes"}
SHOWN = ("inbound", "outbound", "automated")


def conversation_row(row: dict[str, Any], by_time: list[dict]) -> None:
    row |= dict.fromkeys(VALUES) | {"labels": []}
    for event in by_time:
        for name, value in event.get("values", {}).items():
            row[name] = cut(value) if name != "labels" else value or []
    row["contact"] = shown(by_time, "contact", ("id", "name", "email", "phone", "handle"))
    row["assignee"] = shown(by_time, "assignee", ("id", "name", "email"))
    for name in ("forms", "bugs", "delegations"):
        row[name] = sum(event.get("occurrence") == name for event in by_time)
    messages(row, by_time)
    statuses(row, by_time)
    counts = row["messages"]
    if row["status"] in ENDED:
        row["phase"] = "ended"
    elif row["status"] in RESOLVED:
        row["phase"] = "resolved"
    elif counts["inbound"] + counts["outbound"] + counts["automated"]:
        row["phase"] = "active"
    else:
        row["phase"] = "created"


def messages(row: dict[str, Any], by_time: list[dict]) -> None:
    mentions: dict[str, list[dict]] = {}
    for event in by_time:
        if "message" in event:
            message = event["message"]
            if message["id"] is not None:
                told = message | {"stamp": event["stamp"]}
                mentions.setdefault(message["id"][:256], []).append(told)
    every = [one_message(id, told) for id, told in mentions.items()]
    counts = dict.fromkeys(("inbound", "outbound", "automated", "notes", "activity"), 0)
    for message in every:
        counts[COUNTED.get(message["direction"], message["direction"])] += 1
    row["messages"] = counts
    timed = [m for m in every if m["direction"] in SHOWN and m["at"] is not None]
    timed.sort(key=lambda m: (m["at"], number_first(m["id"])))
    row["recent_messages"] = timed[-8:]
    row["last_message"] = timed[-1] if timed else None
    row["first_message_at"] = timed[0]["at"] if timed else None
    row["last_message_at"] = timed[-1]["at"] if timed else None
    inbound = [m["at"] for m in timed if m["direction"] == "inbound"]
    replies = [m["at"] for m in timed if m["direction"] == "outbound"]
    replies = [at for at in replies if inbound and at > min(inbound)]
    row["first_reply_at"] = min(replies, default=None)


def one_message(id: str, told: list[dict]) -> dict[str, Any]:
    """`told` is in the order of (event time, event id)."""
    by_content = sorted(told, key=lambda m: (m["stamp"][0], m.get("update", False), m["stamp"][1]))
    message: dict[str, Any] = {
        "id": id,
        "direction": told[-1]["class"],
        "content_type": None,
        "text": None,
        "at": min((m["at"] for m in told if m["at"] is not None), default=None),
    }
    for mention in by_content:
        if mention["content_type"] is not None:
            message["content_type"] = cut(mention["content_type"])
        if mention["text"] is not None:
            message["text"] = mention["text"][:280]
    return message


def number_first(id: str) -> tuple:
    """Of two messages of the same time the one with the greater id is the later."""
    return (0, int(id), "") if id.isdigit() else (1, 0, id)


def statuses(row: dict[str, Any], by_time: list[dict]) -> None:
    points: dict[tuple[int, str], str] = {}
    for event in by_time:
        if "status" in event:
            point = (event["status"]["at"], cut(event["status"]["word"]))
            points[point] = max(points.get(point, ""), event["stamp"][1])
    in_order = sorted((at, by, word) for (at, word), by in points.items())[-256:]
    row["status_history"] = [{"at": at, "status": word} for at, _, word in in_order]
    row["status"] = in_order[-1][2] if in_order else None
    row |= {"resolved_at": None, "ended_at": None, "reopened": 0}
    for at, _, word in in_order:
        if word in ENDED:
            row["ended_at"] = row["ended_at"] or at
        elif word in RESOLVED:
            row["resolved_at"] = row["resolved_at"] or at
            row["ended_at"] = None
        else:
            if row["resolved_at"] is not None:
                row["reopened"] += 1
            row["resolved_at"] = row["ended_at"] = None
