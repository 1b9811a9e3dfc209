"""Cut-overs of a Hookline in memory, and what else there is of it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

from app.errors import UserError
from app.replay.cutover import Cutover, Outcome
from app.replay.finding import Finding
from app.replay.letters import Letters
from app.replay.selection import Selection
from app.replay.verify import Verification
from tests.unit.read.installation import Installation, catalogue
from tests.unit.redrive.memory_writer import Broker, MemoryWriter
from tests.unit.replay.shadows import CALL, CHAT, OTHER, Shadow, spoil


class Standing:
    """`workers`: how many there are when it is asked, one answer after the other; then none."""

    def __init__(self, hookline: Installation, workers: list[int] | None = None) -> None:
        self._hookline = hookline
        self._workers = workers or []
        self.other_shadow = False

    def workers(self) -> int:
        return self._workers.pop(0) if self._workers else 0

    def projected(self) -> Mapping[int, int]:
        return self._hookline.projected

    def projected_at_rest(self, number: int) -> int:
        return self._hookline.projected.get(number, 0)

    def refuse_letters(self, projected: Mapping[int, int], number: int | None = None) -> None:
        hookline = self._hookline
        asked = hookline.log, hookline.topics.dead, catalogue(), hookline.codecs, Selection()
        if places := Letters(*asked).unpublished(projected, number):
            raise UserError(f"letters: {places}", "Take them in first.")

    def refuse_other_shadow(self) -> None:
        if self.other_shadow:
            raise UserError("It is being made anew.", "Wait.")


def wrong(live: Installation) -> Installation:
    spoil(live, "conversation", CHAT, queue="wrong", events=1)
    place = live.log.partition_of(CHAT)
    live.log.append(live.topics.ledger, place, f"{CHAT}#0".encode(), b"")
    live.overwrite("conversation", "varda/conversation/12", live.row("conversation", OTHER))
    live.overwrite("call", CALL, None)
    return live


def cut_over(
    live: Installation,
    shadow: Shadow,
    standing: Standing | None = None,
    steps: int | None = None,
    other: MemoryWriter | None = None,
) -> Outcome:
    broker = Broker(live.log)
    writer = MemoryWriter(broker, steps, other)
    run = Cutover(
        shadow.beside(), shadow.folded, standing or Standing(live), lambda _: nullcontext(writer)
    )
    return run.run()


def findings(live: Installation) -> list[Finding]:
    return list(Verification(live.rows, live.topics, catalogue(), projected=live.projected).all())


def verdicts(live: Installation) -> set[str]:
    return {finding.verdict for finding in findings(live)}


def written(live: Installation) -> int:
    return sum(1 for topic in live.topics for _ in live.log.read(topic))
