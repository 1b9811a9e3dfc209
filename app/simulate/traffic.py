"""Many stories at once, as they reach the endpoint: interleaved, disordered, some bodies twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from app.core.vendors.contract import Source
from app.simulate.expectation import AnyExpected
from app.simulate.scene import Ids, Scene
from app.simulate.stories import SHORTEST, Told, stories_of
from app.simulate.story import Story
from app.simulate.webhook import Webhook

AT_ONCE = 64  # stories that go on at the same time


class Delivery:
    """A webhook to be sent. `again` where its body went before, `twice` where it goes more often
    than once.
    """

    __slots__ = ("again", "twice", "webhook")

    def __init__(self, webhook: Webhook, *, again: bool = False, twice: bool = False) -> None:
        self.webhook = webhook
        self.again = again
        self.twice = twice


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How deliveries go wrong: each a probability for one webhook."""

    twin: float  # the same body at once
    late_copy: float  # the same body again, any time later
    out_of_order: float  # a place or two
    straggler: float  # behind everything


HABITS = {
    "voiso": Habits(twin=0.005, late_copy=0.03, out_of_order=0.05, straggler=0.02),
    "varda": Habits(twin=0.01, late_copy=0.02, out_of_order=0.08, straggler=0.02),
    "convocore": Habits(twin=0.01, late_copy=0.01, out_of_order=0.15, straggler=0.02),
    "voxsig": Habits(twin=0.04, late_copy=0.01, out_of_order=0.20, straggler=0.03),
}


def delivered(story: Story, chance: Random) -> list[Delivery]:
    """A story's webhooks in the order in which they are sent."""
    habits = HABITS[story.source.vendor]
    last = float(len(story.webhooks))
    placed: list[tuple[float, int, Webhook]] = []

    def place(at: float, webhook: Webhook) -> None:
        placed.append((at, len(placed), webhook))

    for n, webhook in enumerate(story.webhooks):
        at = float(n)
        if chance.random() < habits.out_of_order:
            at += chance.uniform(1, 3)
        if chance.random() < habits.straggler:
            at += last
        place(at, webhook)
        twin, late = chance.random() < habits.twin, chance.random() < habits.late_copy
        if twin:
            place(at, webhook)
        if late:
            place(chance.uniform(at, 2 * last + 1), webhook)
        if webhook.counted and webhook.key is not None:
            story.rows[webhook.key].sent_again += twin + late
    return _marked([webhook for _, _, webhook in sorted(placed, key=lambda one: one[:2])])


def _marked(webhooks: Sequence[Webhook]) -> list[Delivery]:
    before: dict[bytes, Delivery] = {}
    deliveries: list[Delivery] = []
    for webhook in webhooks:
        first = before.get(webhook.stored)
        delivery = Delivery(webhook, again=first is not None, twice=first is not None)
        if first is None:
            before[webhook.stored] = delivery
        else:
            first.twice = True
        deliveries.append(delivery)
    return deliveries


class Traffic:
    """A run: `deliveries` to send, and in `rows` what they must result in.

    Every kind of story is told once before any is told again. `now` in microseconds; the same
    seed, sources and now give the same run, byte for byte.
    """

    def __init__(self, sources: Sequence[Source], seed: int, now: int) -> None:
        self.rows: list[AnyExpected] = []
        self._shape = Random(f"shape of {seed}")  # noqa: S311 (a play, not a secret)
        start = Random(f"ids of {seed} at {now}").randrange(10**6, 10**9)  # noqa: S311
        self._ids = Ids(start * 10**6)
        self._now = now
        self._told = [(source, told) for source in sources for told in stories_of(source)]
        self._filler = sources[0]
        self._first = list(self._told)
        self._shape.shuffle(self._first)
        self._weights = [told.weight for _, told in self._told]

    def deliveries(
        self, count: int | None, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[Delivery]:
        """As many as `count`, the last of it filled up with short stories; with None until `stop`
        says so. Stories that have begun are always told to their end.
        """
        active: list[list[Delivery]] = []
        planned = 0
        while True:
            while len(active) < AT_ONCE and not stop() and (count is None or planned < count):
                told = self._next(None if count is None else count - planned)
                planned += len(told)
                active.append(told)
            if not active:
                return
            n = self._shape.randrange(len(active))
            yield active[n].pop()
            if not active[n]:
                active[n] = active[-1]
                active.pop()

    def _next(self, room: int | None) -> list[Delivery]:
        """The next story's deliveries, the last first. One that does not fit makes way."""
        story, sent = self._tell(*self._choose())
        if room is not None and len(sent) > room:
            story = SHORTEST[self._filler.vendor](self._filler, self._scene())
            sent = [Delivery(webhook) for webhook in story.webhooks]
        self.rows.extend(row for row in story.rows.values() if row.events)
        sent.reverse()
        return sent

    def _choose(self) -> tuple[Source, Told]:
        if self._first:
            return self._first.pop()
        return self._shape.choices(self._told, self._weights)[0]

    def _tell(self, source: Source, told: Told) -> tuple[Story, list[Delivery]]:
        story = told.tell(source, self._scene())
        return story, delivered(story, self._shape)

    def _scene(self) -> Scene:
        return Scene(self._shape, self._ids, self._now)
