"""A Hookline whose decoders were broken while webhooks came in, and are mended now."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from app.avro.event_encoders import EventEncoders, event_encoders
from app.avro.lock import load_lock
from app.core.catalogue import Catalogue, Decoded
from app.core.undecodable import Undecodable
from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
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


def disturbed(webhooks: list[Webhook], partitions: int = 2) -> Installation:
    """For the first two thirds of the time; then it is mended."""
    hookline = Installation(partitions)
    hookline.catalogue, hookline.unknown = BrokenCatalogue(), UNKNOWN
    mended = 2 * len(webhooks) // 3
    hookline.receive_all(webhooks[:mended])
    hookline.work()
    hookline.catalogue, hookline.unknown = catalogue(), frozenset()
    hookline.receive_all(webhooks[mended:])
    hookline.work()
    return hookline
