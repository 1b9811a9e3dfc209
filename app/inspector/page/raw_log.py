"""What the page reads and writes on the topics by itself, on a real Kafka."""

from __future__ import annotations

from threading import Lock

from app.avro.event_encoders import event_encoders
from app.avro.published import Published
from app.avro.row_codecs import row_codecs, row_schemas
from app.core.catalogue import Catalogue
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS
from app.core.webhook import NotARawRecord, Place, RawRecord
from app.inspector.logs import Logs
from app.inspector.page.given_up import GivenUpLook
from app.inspector.page.port import GivenUp, Previewed
from app.kafka.topics import Topics, max_message_bytes
from app.kafka.transactional import TransactionalWriter
from app.read.dead_letters import Letter
from app.read.raw_record import raw_record
from app.read.row_json import RowJson
from app.read.rows import RowReader
from app.redrive.choice import Choice
from app.redrive.outcome import Outcome, RowChange
from app.redrive.preview import Preview
from app.redrive.run import Redrive, writer_name
from app.redrive.today import Today
from app.settings import Settings

SHOWN = 50  # rows of a preview


class KafkaRawLog:
    """See `app.inspector.page.port.RawLog`."""

    def __init__(self, settings: Settings, published: Published, logs: Logs) -> None:
        self._settings = settings
        self._published = published
        self._topics = Topics(settings.topic_prefix)
        self._logs = logs
        self._given_up = GivenUpLook(logs, self._topics, published)
        self._redriving = Lock()
        self._judging = Lock()
        self._judge: Today | None = None  # made when it is first needed: it takes its time

    def record(self, place: Place) -> RawRecord | None:
        partition, offset = place
        with self._logs.log() as log:
            if partition >= log.partitions(self._topics.raw):
                return None
            for record in log.fetch(self._topics.raw, partition, [offset]):
                try:
                    return raw_record(record)
                except NotARawRecord:
                    return None
        return None

    def why(self, letter: Letter) -> Undecodable | None:
        with self._judging:
            if self._judge is None:
                self._judge = self._today()
            return self._judge.why(letter)

    def given_up(self) -> list[GivenUp] | None:
        return self._given_up.found()

    def preview(self, fingerprint: str) -> Previewed:
        today = self._today()
        json = RowJson(row_schemas(self._published.repository))
        changes: list[RowChange] = []
        rows = 0
        with self._logs.log() as log:
            run = Preview(RowReader(log, self._topics, today.codecs, json), today)
            for change in run.changes(Choice(fingerprints=(fingerprint,))):
                rows += 1
                if rows <= SHOWN:
                    changes.append(change)
        return Previewed(outcome=run.outcome, changes=changes, rows=rows)

    def redrive(self, fingerprint: str) -> Outcome:
        """One at a time: a second one would end the first."""
        settings = self._settings
        size = max_message_bytes(settings.endpoint_max_body_bytes)
        name = writer_name(self._topics)
        with (
            self._redriving,
            self._logs.log() as log,
            TransactionalWriter(self._logs.kafka, name, max_message=size) as writer,
        ):
            run = Redrive(log, self._topics, self._today(), writer)
            return run.run(Choice(fingerprints=(fingerprint,)))

    def _today(self) -> Today:
        repository, lock = self._published.repository, self._published.lock
        return Today(
            Catalogue(VENDORS, repository.events()),
            row_codecs(repository, lock),
            event_encoders(repository, lock),
        )
