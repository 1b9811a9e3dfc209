"""What a run has sent and what the endpoint said to it."""

from __future__ import annotations

import msgspec

from app.core.undecodable import Reason
from app.simulate.connection import Response
from app.simulate.traffic import Delivery
from app.simulate.webhook import Webhook


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The endpoint's answer, as far as a script knows what it must be."""

    id: str
    type: str
    key: str
    spooled: bool = False


_decode_receipt = msgspec.json.Decoder(Receipt).decode


class Sent(msgspec.Struct, kw_only=True):
    """By vendor: deliveries, and those of them whose body went before or is broken."""

    webhooks: int = 0
    duplicates: int = 0
    broken: int = 0


class Tally:
    """Counts. `wrong_receipts` are answers of 200 or 202 that name another webhook, each said in
    a line; `lost` the ids of webhooks that nothing acknowledged.
    """

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.retries = 0
        self.receipts = 0
        self.spooled = 0
        self.wrong_receipts: list[str] = []
        self.refusals: dict[str, int] = {}
        self.dead: dict[Reason, int] = {}
        self._lost: dict[str, Webhook] = {}
        self._acknowledged: set[str] = set()  # of bodies sent twice, one of which may be lost

    @property
    def total(self) -> int:
        return sum(sent.webhooks for sent in self.sent.values())

    @property
    def lost(self) -> list[Webhook]:
        return [one for id, one in self._lost.items() if id not in self._acknowledged]

    def acknowledged(self, delivery: Delivery, response: Response) -> None:
        webhook = delivery.webhook
        self._count(delivery)
        self.receipts += 1
        try:
            receipt = _decode_receipt(response.body)
        except msgspec.DecodeError:
            self._wrong(webhook, "is not a receipt")
        else:
            self.spooled += receipt.spooled
            expected = (webhook.id, webhook.record_type, webhook.record_key)
            if (receipt.id, receipt.type, receipt.key) != expected:
                self._wrong(webhook, f"says {receipt.type} {receipt.key} {receipt.id}")
        if webhook.dead is not None:
            self.dead[webhook.dead] = self.dead.get(webhook.dead, 0) + 1
        if delivery.twice:
            self._acknowledged.add(webhook.id)

    def refused(self, delivery: Delivery, why: str) -> None:
        """Not acknowledged, and not tried again. `why` is a status or what went wrong."""
        self._count(delivery)
        self.refusals[why] = self.refusals.get(why, 0) + 1
        self._lost[delivery.webhook.id] = delivery.webhook

    def _count(self, delivery: Delivery) -> None:
        sent = self.sent.setdefault(delivery.webhook.vendor, Sent())
        sent.webhooks += 1
        sent.duplicates += delivery.again
        sent.broken += delivery.webhook.dead is not None

    def _wrong(self, webhook: Webhook, what: str) -> None:
        expected = f"{webhook.record_type} {webhook.record_key} {webhook.id}"
        self.wrong_receipts.append(f"the receipt of {expected} {what}")
