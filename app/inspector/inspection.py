"""What the inspector knows, and what it works out when it is asked: the view, histories from the
topics, how far everything is. The API and the page both ask this.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from msgspec.structs import replace

from app.avro.published import Published
from app.avro.row_codecs import row_codecs, row_schemas
from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.core.row import UNREAD
from app.core.vendors import VENDORS
from app.core.webhook import place_of
from app.errors import UserError
from app.history.gather import Gathering, Letters
from app.history.history import History
from app.history.moment import Why
from app.history.rules import Rules
from app.inspector.drift_look import DriftLook
from app.inspector.logs import Logs
from app.inspector.neighbour import Neighbour
from app.inspector.page.port import Freshness, Partition
from app.inspector.view.condition import Condition
from app.inspector.view.file import ViewFile
from app.inspector.view.follower import Follower
from app.inspector.view.letter_list import LetterQuery
from app.inspector.view.news import Missed, News, keys_of
from app.inspector.view.row_list import Listed
from app.inspector.view.row_reader import row_values
from app.inspector.view.view import View
from app.kafka.connection import Connection
from app.kafka.topics import Topics
from app.read.dead_letters import Letter, letter
from app.read.event_json import EventJson
from app.read.row_json import RowJson
from app.read.rows import RowReader
from app.read.waiting import Backlog, Waiting
from app.replay.verify import Checked, Verification

_SECOND = 1_000_000
_QUIET_S = 10.0
_LETTERS = 1_000  # of one key


class Inspection:
    """Of one installation. Every question may be asked from any thread; those that read topics
    raise UserError where no Kafka answers, those of the view NoView where there is none.
    """

    def __init__(
        self,
        kafka: Connection,
        topics: Topics,
        published: Published,
        file: ViewFile,
        neighbour: Neighbour,
    ) -> None:
        self.kafka = kafka
        self.topics = topics
        self.published = published
        repository = published.repository
        codecs = row_codecs(repository, published.lock)
        self.json = RowJson(row_schemas(repository))
        self.news = News()
        self.view = View(file, topics, codecs)
        values = row_values(repository, published.lock, codecs)
        self.follower = Follower(file, kafka, topics, values, self.news)
        self.logs = Logs(kafka)
        self.rates = self.follower.gauge.rates
        self.neighbour = neighbour
        self.drift = DriftLook(self.logs, topics, published)
        self._codecs = codecs

    @cached_property
    def _rules(self) -> Rules:
        """Made when they are first needed: decoders of all events."""
        repository = self.published.repository
        catalogue = Catalogue(VENDORS, repository.events())
        return Rules(catalogue, self._codecs, self.json, EventJson(repository))

    @property
    def condition(self) -> Condition:
        return self.follower.gauge.condition()

    def warnings(self) -> list[str]:
        """Why what is shown is not kept up to date; nothing in it is secret."""
        if self.follower.gauge.silence is not None:
            return ["Kafka does not answer: what is shown may be old"]
        if self.condition.doing == "away":
            return ["the view cannot be written: what is shown may be old"]
        return []

    def freshness(self) -> Freshness:
        now = self.condition
        waiting = [one.waiting for one in self.partitions()]
        return Freshness(
            as_of=None if now.fresh_as_of is None else int(now.fresh_as_of * _SECOND),
            rebuilding=now.progress if now.doing == "rebuilding" else None,
            away=now.doing == "away",
            waiting=sum(one or 0 for one in waiting) if any(waiting) or 0 in waiting else None,
        )

    def partitions(self) -> list[Partition]:
        """Of the raw log; empty as long as the cluster has not answered."""
        standing = self.follower.gauge.standing
        if standing is None:
            return []
        owners, committed = self.follower.watch.owners, standing.committed
        return [
            Partition(
                number=number,
                end=end,
                waiting=max(0, end - committed.get(number, 0)) if committed else None,
                owner=None if number not in owners else owners[number].member,
            )
            for number, end in sorted(standing.raw_ends.items())
        ]

    @property
    def _projected(self) -> Mapping[int, int] | None:
        """Up to which raw offset the rows go; None where nobody has said."""
        standing = self.follower.gauge.standing
        return None if standing is None or not standing.committed else standing.committed

    @contextmanager
    def _rows(self) -> Iterator[RowReader]:
        """Raises UserError at once where it is known that Kafka does not answer."""
        why = self.follower.gauge.silence
        if why is not None:
            raise UserError(
                f"The Kafka at {self.kafka} does not answer: {why}.",
                "What the inspector's view holds is shown all the same; the rest takes Kafka.",
            )
        with self.logs.log() as log:
            yield RowReader(log, self.topics, self._codecs, self.json)

    def history(self, listed: Listed, *, whole: bool) -> History:
        """Of a row as the view has it; `whole` with the webhooks that change nothing in it, which
        takes reading a partition.
        """
        found, projected = listed.found, self._projected
        with self._rows() as rows:
            gathering = Gathering(rows, self.topics, projected)
            if whole:
                webhooks = gathering.webhooks(found.table, found.key, whole=True)
            else:
                webhooks = gathering.by_row(found, self._letters(found.key))
        return History(webhooks, self._rules)

    def waiting(self, key: str) -> Waiting:
        """What the worker has not come to of a key, and its row as the view has it does not hold;
        as far as anybody knows.
        """
        listed, projected = self.view.row(key), self._projected
        after = UNREAD if listed is None else listed.found.row.offset
        with self._rows() as rows:
            number, raw = rows.partition(key), self.topics.raw
            held = rows.reader.span(raw, number)
            return Backlog(rows.reader, raw, projected).waiting(key, number, held, after=after)

    def _letters(self, key: str) -> Letters:
        query = LetterQuery(key=key, closed=True)
        placed = [
            (place[1], one)
            for one in self.view.letters(query, _LETTERS).items
            if (place := place_of(one.raw)) is not None
        ]
        return Letters(
            whys={offset: _why(one) for offset, one in placed},
            redriven={offset: one.copy for offset, one in placed if one.is_closed},
        )

    def verified(self, table: Table, key: str) -> Checked:
        """By the raw records that the row names."""
        with self._rows() as rows:
            check = Verification(
                rows, self.topics, self._rules.catalogue, projected=self._projected
            )
            return Checked(check.quick(table, key), check.tally, check.waiting)

    def letter(self, raw: str) -> Letter | None:
        """Whole, from its topic; None where there is none of this place, or no longer."""
        entry = self.view.letter(raw)
        if entry is None:
            return None
        place = place_of(entry.place)
        if place is None:
            return None
        with self.logs.log() as log:
            found = log.fetch(self.topics.dead, place[0], [place[1]])
        if not found:
            return None
        return replace(letter(found[0]), copy=entry.copy, is_closed=entry.is_closed)

    async def changes(self) -> AsyncIterator[frozenset[str] | None]:
        """The keys whose rows (or letters) have changed, as soon as they have; an empty set now
        and then, None where there were too many to tell. Ends when the inspector does.
        """
        async with self.news.listen() as listener:
            while not listener.over:
                told = await listener.next(_QUIET_S)
                yield None if Missed() in told else keys_of(told)


def _why(one: Letter) -> Why:
    return Why(reason=one.reason, path=one.path, message=one.message, fingerprint=one.fingerprint)
