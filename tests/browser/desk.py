"""A contact centre of one test: webhooks as its vendor would send them, to a running endpoint."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app.core.vendors import VENDORS
from app.simulate.cast import JANE, Customer
from app.simulate.payloads import voxsig
from app.simulate.signing import sign
from app.simulate.webhook import Webhook
from app.sources import load_sources

SECOND = 1_000_000
Tree = dict[str, Any]


class Desk:
    """Sends to the sources of a `hookline dev`, which are named as the vendors."""

    def __init__(self, endpoint: str, config: Path) -> None:
        self._client = httpx.Client(base_url=endpoint, timeout=10)
        self._sources = {source.name: source for source in load_sources(config, VENDORS)}

    def close(self) -> None:
        self._client.close()

    def send(
        self,
        body: Tree | bytes,
        vendor: str = "voxsig",
        headers: Mapping[str, str] | None = None,
    ) -> Tree:
        """The receipt. `headers` over those that the vendor would send."""
        stored = body if isinstance(body, bytes) else msgspec.json.encode(body)
        type = None if isinstance(body, bytes) else str(body.get("event") or body.get("type"))
        webhook = Webhook(source=vendor, vendor=vendor, stored=stored, at=0, type=type)
        signed = sign(webhook, self._sources[vendor], time.time())
        sent = dict(signed.headers) if headers is None else dict(signed.headers) | dict(headers)
        answer = self._client.request(
            signed.method, f"/webhooks/{vendor}", content=signed.body, headers=sent
        )
        answer.raise_for_status()
        return answer.json()


class Talk:
    """One conversation of Voxsig, told webhook by webhook."""

    def __init__(self, id: int, who: Customer = JANE, *, began: int | None = None) -> None:
        self.id = id
        self.who = who
        self.at = time.time_ns() // 1000 - 600 * SECOND if began is None else began
        self._message = id * 100

    @property
    def key(self) -> str:
        return f"voxsig/conversation/1-{self.id}"

    @property
    def path(self) -> str:
        return f"/conversations/voxsig/1-{self.id}"

    def snapshot(self, **given: Any) -> Tree:
        self.at += 7 * SECOND
        return voxsig.snapshot(self.id, self.at, who=self.who, **given)

    def begins(self, **given: Any) -> Tree:
        return voxsig.conversation("conversation_created", self.snapshot(**given))

    def says(self, text: str, *, type: voxsig.MessageType = "incoming", **given: Any) -> Tree:
        self._message += 1
        snapshot = self.snapshot(**given)
        return voxsig.message(
            "message_created", snapshot, self._message, self.at, type=type, text=text
        )

    def turns(self, status: str, **given: Any) -> Tree:
        snapshot = self.snapshot(status=status, **given)
        return voxsig.conversation("conversation_status_changed", snapshot)


def send_all(desk: Desk, bodies: Iterable[Tree]) -> None:
    for body in bodies:
        desk.send(body)
