"""A contact centre for tests: one source per vendor, and Voiso's that does not verify."""

from __future__ import annotations

from app.core.vendors.contract import Source
from app.core.webhook import RawRecord
from app.simulate.traffic import Delivery, Traffic
from app.simulate.webhook import Webhook
from tests.raw_record import raw_record

NOW = 1_790_000_000_000_000
MINUTE = 60_000_000
SECRET = b'a "secret" of the shop/1'  # JSON escapes it, a query encodes it
SOURCES = tuple(
    Source(name=f"{vendor}-eu", vendor=vendor, secrets=(SECRET,), account_id="1")
    for vendor in ("voiso", "varda", "convocore", "voxsig")
)
OLD_CALLS = Source(name="old-calls", vendor="voiso", verify=False)


def deliveries(
    count: int, *, seed: int = 7, now: int = NOW, sources: tuple[Source, ...] = SOURCES
) -> tuple[Traffic, list[Delivery]]:
    traffic = Traffic(sources, seed, now)
    return traffic, list(traffic.deliveries(count))


def record_of(webhook: Webhook, offset: int) -> RawRecord:
    account = next((s.account_id for s in SOURCES if s.name == webhook.source), None)
    return raw_record(webhook, NOW, offset, account=account)
