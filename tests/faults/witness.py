"""Stands beside the vendors: writes down what they sent, and every 2xx the moment it is heard."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from app.core.webhook import Place
from app.simulate.connection import Response
from app.simulate.webhook import Webhook

ACCEPTED = (200, 202)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the endpoint says of a webhook that it has taken: where it is, or that it is spooled."""

    id: str
    type: str
    key: str
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    spooled: bool = False

    @property
    def place(self) -> Place | None:
        if self.partition is None or self.offset is None:
            return None
        return self.partition, self.offset


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """A 2xx. `body` is what the log must hold, byte for byte: the webhook's, its secret masked."""

    status: int
    source: str
    body: bytes
    receipt: Receipt


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Obligation).decode
_decode_receipt = msgspec.json.Decoder(Receipt).decode


class Witness:
    """`sent` are the webhooks of every try, `heard` what was answered to each of them (None where
    there was no answer), both by event id. `forged` are those that nobody may take.
    """

    def __init__(self, file: Path) -> None:
        self.sent: dict[str, Webhook] = {}
        self.forged: dict[str, Webhook] = {}
        self.heard: dict[str, set[int | None]] = defaultdict(set)
        self.statuses: Counter[int | None] = Counter()
        self._file = file
        self._written = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def hear(self, webhook: Webhook, answer: Response | OSError) -> None:
        self.sent[webhook.id] = webhook
        status = answer.status if isinstance(answer, Response) else None
        self.heard[webhook.id].add(status)
        self.statuses[status] += 1
        if isinstance(answer, Response) and status in ACCEPTED:
            self._owe(webhook, answer)

    def hear_of_a_forgery(self, webhook: Webhook, answer: Response | OSError) -> None:
        self.forged[webhook.id] = webhook
        assert not isinstance(answer, Response) or answer.status not in ACCEPTED, answer

    def _owe(self, webhook: Webhook, answer: Response) -> None:
        obligation = Obligation(
            status=answer.status,
            source=webhook.source,
            body=webhook.stored,
            receipt=_decode_receipt(answer.body),
        )
        os.write(self._written, _encode(obligation) + b"\n")
        os.fdatasync(self._written)

    def owed(self) -> list[Obligation]:
        """Every 2xx, as it was written down."""
        return [_decode(line) for line in self._file.read_bytes().splitlines()]

    def close(self) -> None:
        os.close(self._written)
