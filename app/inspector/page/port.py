"""What the page asks of the inspector: rows and letters of the view, histories, and how far
everything is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec

from app.avro.published import Published
from app.core.projection import Table
from app.core.undecodable import Undecodable
from app.core.webhook import Place, RawRecord
from app.history.history import History
from app.inspector.drift_look import DriftLook
from app.inspector.neighbour import Neighbour
from app.inspector.rates import Rates
from app.inspector.view.row_list import Listed
from app.inspector.view.view import View
from app.read.dead_letters import Letter
from app.read.row_json import RowJson
from app.read.waiting import Waiting
from app.redrive.outcome import Outcome, RowChange
from app.replay.verify import Checked


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """How far what is shown is behind what was received. Times in microseconds.

    `as_of`: the view holds all that the worker had written then, None while it cannot tell.
    `rebuilding`: how much of a view that is being made anew is there, from 0 to 1. `away`: Kafka
    does not answer. `waiting`: raw records that the worker has not come to, None where nobody
    knows.
    """

    as_of: int | None
    rebuilding: float | None = None
    away: bool = False
    waiting: int | None = None


class Partition(msgspec.Struct, frozen=True, kw_only=True):
    """Of the raw log. `owner` is the worker that has it, `waiting` as in Freshness."""

    number: int
    end: int
    waiting: int | None
    owner: str | None


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that a vendor says it gave up on. Times in microseconds."""

    raw: str
    source: str
    at: int
    event: str
    reason: str


class Previewed(msgspec.Struct, frozen=True, kw_only=True):
    """What a redrive would do; `changes` are the first rows of `rows` that it would change."""

    outcome: Outcome
    changes: list[RowChange]
    rows: int


class Inspected(Protocol):
    """Rows, letters and histories. Each question may be asked from any thread, and may take as
    long as Kafka does.
    """

    @property
    def view(self) -> View: ...

    @property
    def json(self) -> RowJson: ...

    @property
    def published(self) -> Published: ...

    @property
    def rates(self) -> Rates: ...

    @property
    def neighbour(self) -> Neighbour: ...

    @property
    def drift(self) -> DriftLook: ...

    def freshness(self) -> Freshness: ...

    def partitions(self) -> list[Partition]: ...

    def history(self, listed: Listed, *, whole: bool) -> History:
        """Of a row as the view has it; `whole` with the webhooks that change nothing in it, which
        takes reading a partition. Raises UserError where no Kafka answers.
        """
        ...

    def waiting(self, key: str) -> Waiting:
        """What the worker has not come to of a key, and its row does not hold, as far as anybody
        knows: where it has never been seen, nothing. Raises UserError where no Kafka answers.
        """
        ...

    def verified(self, table: Table, key: str) -> Checked:
        """Raises UserError where no Kafka answers."""
        ...

    def letter(self, raw: str) -> Letter | None:
        """Whole, from its topic. Raises UserError where no Kafka answers."""
        ...

    def changes(self) -> AsyncIterator[frozenset[str] | None]:
        """The keys whose rows have changed, as soon as they have; an empty set now and then, None
        where there were too many to tell.
        """
        ...


class RawLog(Protocol):
    """What is read from the topics, and written to them, beside rows, letters and histories. Each
    question raises UserError where no Kafka answers.
    """

    def record(self, place: Place) -> RawRecord | None:
        """A raw record, None where there is none of an endpoint's."""
        ...

    def why(self, letter: Letter) -> Undecodable | None:
        """Why a whole dead letter would be one again today; None where it would not be."""
        ...

    def given_up(self) -> list[GivenUp] | None:
        """The newest first; None as long as nobody has looked. Never waits."""
        ...

    def preview(self, fingerprint: str) -> Previewed:
        """What a redrive of a cause would do."""
        ...

    def redrive(self, fingerprint: str) -> Outcome:
        """Do it."""
        ...
