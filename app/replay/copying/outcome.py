"""What a copy did, or why it does nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from app.errors import UserError


class Copied(msgspec.Struct, kw_only=True):
    """Counts of this run. `records` were copied, of which `foreign` were not written by an
    endpoint, `redriven` stand in for dead letters, and `without_original` did: what they stood in
    for is no longer kept. `closed` dead letters were closed. `left` offsets of the old raw log came
    in meanwhile.
    """

    records: int = 0
    foreign: int = 0
    redriven: int = 0
    without_original: int = 0
    closed: int = 0
    left: int = 0


def copied_json(copied: Copied, old: str, new: str) -> dict[str, Any]:
    """`old` and `new` are the raw logs."""
    return {
        "from": old,
        "to": new,
        "copied": copied.records,
        "foreign": copied.foreign,
        "redriven": copied.redriven,
        "without_original": copied.without_original,
        "closed": copied.closed,
        "left": copied.left,
    }


def forgotten(old: str, new: str, group: str) -> UserError:
    return UserError(
        f"{new} holds records of {old}, or did, and Kafka has forgotten how many: the offsets of "
        f"the group {group} are gone.",
        "Brokers keep them for offsets.retention.minutes, a week by default. Make topics under "
        "another prefix and copy into those, and then again within that time.",
    )


def another_log(old: str, partition: int, offset: int) -> UserError:
    return UserError(
        f"{old} is not the log that was copied: partition {partition} ends before offset {offset}.",
        "Was it deleted and made again? Copy it into a prefix of its own.",
    )
