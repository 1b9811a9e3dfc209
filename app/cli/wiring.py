"""What the commands that read are put together from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from app.avro.event_encoders import event_encoders
from app.avro.lock import load_lock
from app.avro.repository import load_repository
from app.avro.row_codecs import row_codecs, row_schemas
from app.cli.show.output import say
from app.core.catalogue import Catalogue
from app.core.projection import Table
from app.core.rows import Codec
from app.core.vendors import VENDORS
from app.errors import UserError
from app.history.rules import Rules
from app.kafka.connection import Connection, connection
from app.kafka.groups import Committed, committed, worker_group
from app.kafka.log import Log
from app.kafka.topics import Topics
from app.read.event_json import EventJson
from app.read.row_json import RowJson
from app.read.rows import RowReader
from app.redrive.today import Today
from app.replay.selection import Selection, selection_of_note
from app.replay.shadow import shadow_of
from app.settings import Settings, load_settings


class Reading:
    """An open connection and what to read with it. `live` are the installation's topics; `topics`
    are those too or, with a `shadow`, its own, of which only the rows' are there.
    """

    def __init__(self, settings: Settings, kafka: Connection, shadow: str | None, log: Log) -> None:
        self.settings = settings
        self.kafka = kafka
        self.log = log
        self.shadow = shadow
        self.live = Topics(settings.topic_prefix)
        self.topics = self.live if shadow is None else shadow_of(self.live, shadow)
        self._repository = load_repository()

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(VENDORS, self._repository.events())

    @cached_property
    def codecs(self) -> Mapping[Table, Codec]:
        return row_codecs(self._repository, load_lock())

    @cached_property
    def rows(self) -> RowReader:
        json = RowJson(row_schemas(self._repository))
        return RowReader(self.log, self.topics, self.codecs, json)

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.catalogue, self.codecs, self.rows.json, EventJson(self._repository))

    @cached_property
    def today(self) -> Today:
        """What this program makes of dead letters."""
        encoders = event_encoders(self._repository, load_lock())
        return Today(self.catalogue, self.codecs, encoders)

    @cached_property
    def _committed(self) -> dict[int, Committed]:
        """By the live worker or, for a shadow, by the replay that made it."""
        return self.committed_by(self.topics)

    def committed_by(self, topics: Topics) -> dict[int, Committed]:
        """Of the raw log, by the group of an installation or of a shadow."""
        raw = self.live.raw
        return committed(self.kafka, worker_group(topics), raw, range(self.log.partitions(raw)))

    def projected(self) -> dict[int, int] | None:
        """Up to which raw offset the rows go, by partition; None where nobody has said."""
        if not self._committed:
            return None
        return {number: at.offset for number, at in self._committed.items()}

    def selection(self) -> Selection:
        """Which webhooks the rows are made of: all, or of a shadow what its replay was given."""
        if self.shadow is None:
            return Selection()
        if (not_whole := self._not_whole()) is not None:
            raise not_whole
        return next(
            (one for one in self._selections if one not in (None, Selection())), Selection()
        )

    def refuse_other_shadow(self) -> None:
        """Raises UserError where the shadow is no longer as it was when it was first asked for."""
        if self.committed_by(self.topics) != self._committed:
            raise UserError(
                f"The shadow {self.shadow} is being made anew, or dropped.",
                "See that nobody else does that, and begin again.",
            )

    def say_if_not_whole(self) -> None:
        """To whoever reads the rows of a shadow as they are."""
        if (not_whole := self._not_whole()) is not None:
            say(f"{not_whole.what} Rows may be missing.\n{not_whole.remedy}")

    @cached_property
    def _selections(self) -> list[Selection | None]:
        """Those that the replays of a shadow noted; None of one that has not come to its end."""
        return [selection_of_note(note) for note in {at.note for at in self._committed.values()}]

    def _not_whole(self) -> UserError | None:
        """Why the rows of a shadow need not be all that its replay was to make."""
        if self.shadow is None or (self._selections and None not in self._selections):
            return None
        forgotten = "" if self._selections else ", or Kafka has forgotten since that one did"
        return UserError(
            f"The shadow {self.shadow} is not whole: no replay into it has come to its "
            f"end{forgotten}.",
            f"Unless one is running, make it anew: `hookline replay --into {self.shadow} "
            "--force-new`.",
        )

    def find_shadow(self) -> None:
        """Raises UserError where there is no shadow of that name."""
        topic = self.topics.state_conversations
        if self.shadow is not None and not self.log.has(topic):
            raise UserError(
                f"There is no shadow {self.shadow}: "
                f"the Kafka at {self.kafka} has no topic {topic}.",
                "Check the name and the prefix (HOOKLINE_TOPIC_PREFIX); "
                f"`hookline replay --into {self.shadow}` makes one of that name.",
            )


@contextmanager
def reading(
    bootstrap: str | None, prefix: str | None, shadow: str | None = None
) -> Iterator[Reading]:
    """Connect. Raises UserError where a setting is wrong, no Kafka answers, or there is no such
    shadow.
    """
    settings = load_settings(bootstrap=bootstrap, topic_prefix=prefix)
    kafka = connection(settings)
    with Log(kafka) as log:
        to = Reading(settings, kafka, shadow, log)
        to.find_shadow()
        yield to
