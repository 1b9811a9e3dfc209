"""Redriving what died in a Hookline in memory."""

from __future__ import annotations

from typing import Any

from app.kafka.record import Record
from app.read.dead_letters import Letters, letter, sorted_out
from app.read.rows import RowReader
from app.redrive.choice import Choice
from app.redrive.outcome import Outcome
from app.redrive.run import Redrive
from app.replay.verify import Verification
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue
from tests.unit.redrive.broken import today
from tests.unit.redrive.memory_writer import Broker, MemoryWriter


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def redrive(
    hookline: Installation,
    choice: Choice | None = None,
    writer: MemoryWriter | None = None,
    rules: Any = None,
) -> Outcome:
    writer = writer or MemoryWriter(Broker(hookline.log))
    run = Redrive(hookline.log, hookline.topics, today(rules), writer, together=3)
    return run.run(choice or Choice())


def letters(hookline: Installation) -> Letters:
    return sorted_out(letter(record) for record in hookline.log.read(hookline.topics.dead))


def copies(hookline: Installation) -> list[Record]:
    return [
        record
        for record in hookline.log.read(hookline.topics.raw)
        if "hookline_redrive" in dict(record.headers)
    ]


def verification(
    hookline: Installation, reader: RowReader, projected: dict[int, int]
) -> Verification:
    return Verification(reader, hookline.topics, catalogue(), projected=projected)
