"""A Hookline in memory with a shadow beside its live rows."""

from __future__ import annotations

from typing import Any

import msgspec

from app.core.projection import Table
from app.kafka.topics import Topics
from app.read.rows import RowReader
from app.replay.beside import Beside
from app.replay.comparison import Compared, compare
from app.replay.rebuild import Rebuild
from app.replay.selection import Selection
from app.replay.shadow import shadow_of
from app.replay.succession import Succession, Verdict
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue
from tests.unit.replay.test_rebuild import MemoryWriter as Destination

CHAT, OTHER, CALL = "varda/conversation/7", "varda/conversation/8", "varda/call/9"


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def hookline(messages: int = 5) -> Installation:
    """Two conversations, one of so many messages, and a call."""
    hookline = Installation()
    for n in range(messages):
        hookline.receive(varda.message(7, n, at(n)))
    hookline.receive(varda.conversation("resolved", 8, at(9), channel="email"))
    hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
    hookline.work()
    return hookline


class Shadow:
    """Made of what the raw log holds now."""

    def __init__(self, hookline: Installation, selection: Selection | None = None) -> None:
        self.topics: Topics = shadow_of(hookline.topics, "new")
        self.selection = selection or Selection()
        self._hookline = hookline
        for topic in self.topics:
            hookline.log.create(topic)
        destination = Destination(hookline.log)
        to = hookline.topics, self.topics, catalogue(), hookline.codecs, destination, self.selection
        self.folded = Rebuild(hookline.log, *to).run().ends

    def beside(self) -> Beside:
        live = self._hookline.rows
        shadow = RowReader(self._hookline.log, self.topics, live.codecs, live.json)
        return Beside(live, shadow, catalogue(), self.selection, self.folded)

    def compare(self) -> tuple[dict[str, Succession], Compared]:
        """What was found, by key."""
        compared = Compared()
        found = compare(self.beside(), self._hookline.projected, compared)
        return {one.key: one for one in found}, compared

    def verdicts(self) -> dict[str, Verdict]:
        return {key: one.verdict for key, one in self.compare()[0].items()}


def spoil(hookline: Installation, table: Table, key: str, **fields: Any) -> None:
    """Let the live row say something else."""
    row = msgspec.structs.replace(hookline.row(table, key), **fields)
    hookline.overwrite(table, key, row)
