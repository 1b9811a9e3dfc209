"""What the view is doing, and how far and fresh it is: written by one thread, read by all."""

from __future__ import annotations

import threading
import time
from typing import Literal

import msgspec

from app.inspector.rates import Rates
from app.inspector.view.cluster import Standing
from app.inspector.view.freshness import Freshness, left
from app.inspector.view.writer import Places

Doing = Literal["starting", "rebuilding", "catching_up", "live", "away"]


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What the view is, at one moment.

    `doing`: starting (it knows of no Kafka yet), rebuilding (searches do not find everything),
    catching_up (all rows, but old ones), live, away (Kafka does not answer; it shows what it
    has). `why` it is away. `whole`: it once held all there was. `made_anew` is why this process
    made it anew, None where it did not. `left` of `total` records are still to be read, as far as
    the cluster has said; `unsettled` rows were read and are not in lists yet. `fresh_as_of`: the
    last moment of which it holds everything, in seconds since the epoch. `rows_per_s`: as it
    reads what was there. `generation`: how often this process made it anew.
    """

    doing: Doing
    why: str | None
    made_anew: str | None
    whole: bool
    left: int
    total: int
    unsettled: int
    rows_per_s: float | None
    fresh_as_of: float | None
    unreadable: int
    generation: int

    @property
    def progress(self) -> float:
        """0 to 1. Each record is read, and each row is settled."""
        if self.total <= 0:
            return 1.0
        return min(1.0, max(0.0, 1 - (2 * self.left + self.unsettled) / (2 * self.total)))


class Gauge:
    """Keeps what a Condition is made of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._freshness = Freshness()
        self.rates = Rates()
        self._doing: Doing = "starting"
        self._why: str | None = None
        self._made_anew: str | None = None
        self._generation = 0
        self._whole = False
        self._firsts: Places = {}
        self._places: Places = {}
        self._unreadable = 0
        self._unsettled = 0
        self._rows = 0
        self._since = 0.0
        self._rate: float | None = None
        self._silent: str | None = None

    @property
    def doing(self) -> Doing:
        return self._doing

    @property
    def standing(self) -> Standing | None:
        """What the cluster said last."""
        return self._freshness.latest

    def began(
        self,
        doing: Doing,
        made_anew: str | None,
        firsts: Places,
        places: Places,
        *,
        whole: bool,
    ) -> None:
        """The view reads on at `places` what begins at `firsts`."""
        with self._lock:
            self._whole = whole
            if made_anew is not None:
                self._freshness.forget()
                self._made_anew = made_anew
                self._generation += 1
            self._doing, self._why = doing, None
            self._firsts, self._places = firsts, dict(places)
            self._rows, self._since, self._rate = 0, time.monotonic(), None

    def did(self, doing: Doing, why: str | None = None) -> None:
        with self._lock:
            self._doing, self._why = doing, why
            if doing == "live":
                self._whole, self._unsettled = True, 0

    def told(self, standing: Standing) -> None:
        """The cluster answers."""
        self._silent = None
        self._freshness.tell(standing)
        self.rates.tell(standing)

    @property
    def silence(self) -> str | None:
        """Why the cluster did not answer when it was asked last; None where it did."""
        return self._silent

    def silent(self, why: str) -> None:
        """The cluster does not answer."""
        self._silent = why

    def wrote(self, places: Places, rows: int, unreadable: int) -> None:
        with self._lock:
            self._places = self._places | places
            self._unreadable = unreadable
            self._rows += rows
            if self._doing in ("rebuilding", "catching_up"):
                self._unsettled += rows
                self._rate = self._rows / max(1e-3, time.monotonic() - self._since)

    def settled(self, left: int) -> None:
        """So many rows are still to be settled."""
        self._unsettled = left

    def condition(self) -> Condition:
        with self._lock:
            ends = {} if self.standing is None else self.standing.ends
            away = self._silent is not None and self._doing in ("live", "catching_up")
            return Condition(
                doing="away" if away else self._doing,
                why=self._silent if away else self._why,
                whole=self._whole,
                made_anew=self._made_anew,
                left=left(ends, self._places),
                total=left(ends, self._firsts),
                unsettled=self._unsettled,
                rows_per_s=None if self._doing == "live" else self._rate,
                fresh_as_of=self._freshness.as_of(self._places),
                unreadable=self._unreadable,
                generation=self._generation,
            )
