"""An endless run of raw records, the same for the same seed: traffic of all vendors, bodies that
come again, one conversation that never ends, and poison.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.simulate.payloads import varda
from app.simulate.traffic import Traffic
from app.simulate.webhook import Webhook, compact
from tests.faults.poison import KINDS, Raw, poisoned
from tests.raw_record import ACCOUNT, raw_record
from tests.unit.read.installation import RECEIVED

AGAIN = 0.03  # bodies that came before, however long ago
ENDLESS = 0.10  # messages of the one conversation: its ledger outgrows its row
POISON = 0.01

APART_US = 10_000
ENDLESS_ID = 7
ENDLESS_KEY = f"varda/conversation/{ENDLESS_ID}"


def feed(seed: int, poison: float = POISON) -> Iterator[Raw]:
    chance = Random(f"feed {seed}")
    sources = [Source(name=v.name, vendor=v.name, account_id=ACCOUNT) for v in VENDORS]
    traffic = Traffic(sources, seed, RECEIVED).deliveries(None)
    endless = _endless(chance)
    kinds = sorted(KINDS)
    chance.shuffle(kinds)
    sent: list[Webhook] = []
    for number in count(1):
        at = RECEIVED + number * APART_US
        if chance.random() < poison:
            kinds.append(kinds.pop(0))
            yield poisoned(raw_record(next(endless), at), kinds[-1], chance)
            continue
        draw = chance.random()
        if draw < AGAIN and sent:
            webhook = chance.choice(sent)
        elif draw < AGAIN + ENDLESS:
            webhook = next(endless)
        else:
            webhook = next(traffic).webhook
        sent.append(webhook)
        record = raw_record(webhook, at)
        yield Raw(record.key.encode(), record.body, [*record.headers()], webhook.dead)


def _endless(chance: Random) -> Iterator[Webhook]:
    for number in count(1):
        at = RECEIVED + number * APART_US - chance.randrange(60_000_000)  # in any order
        body = varda.message(ENDLESS_ID, number, at, text=f"message {number}")
        yield Webhook(
            source="varda",
            vendor="varda",
            stored=compact(body),
            at=at,
            key=ENDLESS_KEY,
            type=body["event"],
            counted=True,
        )
