"""Where a story plays: its chance, its clock, its ids and its cast. Same seed, same scene."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from app.simulate.cast import AGENTS, FIRST_NAMES, LAST_NAMES, Agent, Customer
from app.simulate.spelling import MINUTE, MS, SECOND

T = TypeVar("T")

QUESTIONS = (
    "Hi, can you help me with my order?",
    "My invoice shows an amount I do not recognise.",
    "Is the appointment on Thursday still free?",
    "The parcel says delivered, but nothing is here 📦",
    "¿Pueden cambiar la dirección de entrega?",
    "Thanks! One more thing: do you ship to Zürich?",
    "It still does not work after a restart.",
)
ANSWERS = (
    "Of course, let me look that up for you.",
    "I have asked the warehouse; one moment please.",
    "You will have a refund within five days.",
    "Thursday at 10:30 is booked for you.",
    "Claro que sí: ya está cambiada.",
    "Anything else I can do?",
)


class Ids:
    """Numbers never given before: a run's own range, so that two runs do not meet."""

    def __init__(self, start: int) -> None:
        self._last = start

    def next(self) -> int:
        self._last += 1
        return self._last


class Scene:
    """One story's. `now` in microseconds: the story begins within the hour before it.

    `shape` decides what happens and depends on the seed alone; `ids` also on when the run is, so
    that a second run of one seed meets new conversations.
    """

    def __init__(self, shape: Random, ids: Ids, now: int) -> None:
        self.shape = shape
        self.ids = ids
        self.now = now
        self.clock = (now - shape.randrange(12 * MINUTE, 60 * MINUTE)) // SECOND * SECOND

    def later(self, least: int = 2, most: int = 30, *, ms: bool = False) -> int:
        """Let some whole seconds pass (at least one), and with `ms` a fraction more."""
        self.clock = (self.clock // SECOND + self.shape.randint(least, most)) * SECOND
        return self.clock + (self.shape.randrange(1_000) * MS if ms else 0)

    def number(self) -> int:
        return self.ids.next()

    def token(self) -> str:
        """An id that looks like a UUID and is not always hex, as Voiso's are."""
        text = f"{self.number():016x}{self.shape.getrandbits(64):016x}"
        last = self.shape.choice("0123456789abcdefghty")
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:31]}{last}"

    def chance(self, probability: float) -> bool:
        return self.shape.random() < probability

    def one_of(self, choices: Sequence[T]) -> T:
        return self.shape.choice(choices)

    def question(self) -> str:
        return self.one_of(QUESTIONS)

    def answer(self) -> str:
        return self.one_of(ANSWERS)

    def agent(self) -> Agent:
        return self.one_of(AGENTS)

    def customer(self) -> Customer:
        first, last = self.one_of(FIRST_NAMES), self.one_of(LAST_NAMES)
        id = self.number()
        return Customer(
            id=id,
            name=f"{first} {last}",
            email=f"{first}.{last}.{id % 9973}@mail.example.com".lower(),
            phone=f"+4479{id % 10**8:08d}",
            handle=f"{first.lower()}{id % 10**6}",
        )
