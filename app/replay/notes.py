"""What a replay notes of its shadow, with the offsets of the group that the shadow has for that.

Kafka forgets them a week (`offsets.retention.minutes`) after they were committed.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.kafka.connection import Connection
from app.kafka.groups import commit, worker_group
from app.kafka.topics import Topics
from app.replay.selection import UNFINISHED, Selection


def note_unfinished(kafka: Connection, live: Topics, shadow: Topics, partitions: int) -> None:
    """It is not whole: to be noted before it no longer is."""
    commit(kafka, worker_group(shadow), live.raw, dict.fromkeys(range(partitions), 0), UNFINISHED)


def note_made(
    kafka: Connection,
    live: Topics,
    shadow: Topics,
    ends: Mapping[int, int],
    made_of: Selection,
) -> None:
    """How far its rows go, and what they are made of; a worker would go on there."""
    commit(kafka, worker_group(shadow), live.raw, ends, made_of.as_note())
