"""A Hookline whose decoders were broken while webhooks came in, and are mended now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from app.avro.event_encoders import EventEncoders, event_encoders
from app.avro.lock import load_lock
from app.core.catalogue import Catalogue, Decoded
from app.core.projection import TABLES
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.read.rows import RowReader
from app.redrive.today import Today
from app.simulate.traffic import Traffic
from app.simulate.webhook import Webhook
from tests.unit.read.installation import RECEIVED, Installation, catalogue, codecs, repository

BROKEN = frozenset(
    {
        *("varda.message.created", "varda.call.ended", "varda.contact.created"),
        *("voxsig.conversation_updated", "voxsig.message_created", "voiso.inbound.call.hangup"),
        *("convocore.message_received", "convocore.agent_created"),
    }
)
"""Types whose decoders were broken."""

UNKNOWN = frozenset({"varda.conversation.resolved", "varda.call.started", "voxsig.contact_created"})
"""Types that were not known yet: the endpoint found no key for them either."""


class BrokenCatalogue(Catalogue):
    """Cannot decode some types."""

    def __init__(self, types: Collection[str] = BROKEN) -> None:
        super().__init__(VENDORS, repository().events())
        self._types = types

    def decode(self, record: RawRecord) -> Decoded:
        if record.type in self._types:
            raise Undecodable("schema_mismatch", "expected what it never is", "$.data")
        return super().decode(record)


OF_THE_ORDER = ("late", "partition", "offset")
"""What may differ between a row some of whose webhooks were dead for a while and the row of the
same webhooks that never were: `late`, because they were folded later, and where the last of them
lies. (And, of what readers do not see, where the ledger's entries lie, and their order.)"""


def rows(reader: RowReader, without: Iterable[str] = OF_THE_ORDER) -> dict[str, dict[str, Any]]:
    """By key, every field that readers see but some."""
    found: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        for one in reader.all(table):
            shown = reader.json.of(table, one.row)
            found[one.key] = {name: value for name, value in shown.items() if name not in without}
    return found


def today(rules: Catalogue | None = None) -> Today:
    """What this code makes of letters; of other rules, if any are given."""
    return Today(rules or catalogue(), codecs(), _encoders())


@cache
def _encoders() -> EventEncoders:
    return event_encoders(repository(), load_lock().with_new(repository()))


def traffic(count: int, seed: int = 5) -> list[Webhook]:
    """Of all vendors; some webhooks come twice, some are out of order, some broken for good."""
    sources = [Source(name=vendor.name, vendor=vendor.name, account_id="1") for vendor in VENDORS]
    told = Traffic(sources, seed=seed, now=RECEIVED)
    return [delivery.webhook for delivery in told.deliveries(count)]


def undisturbed(webhooks: list[Webhook]) -> Installation:
    hookline = Installation()
    hookline.receive_all(webhooks)
    hookline.work()
    return hookline


def disturbed(webhooks: list[Webhook], partitions: int = 2, prefix: str = "") -> Installation:
    """For the first two thirds of the time; then it is mended."""
    hookline = Installation(partitions, prefix)
    hookline.catalogue, hookline.unknown = BrokenCatalogue(), UNKNOWN
    mended = 2 * len(webhooks) // 3
    hookline.receive_all(webhooks[:mended])
    hookline.work()
    hookline.catalogue, hookline.unknown = catalogue(), frozenset()
    hookline.receive_all(webhooks[mended:])
    hookline.work()
    return hookline
