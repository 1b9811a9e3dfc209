"""A story as it is told: its webhooks in the order of their events, and the rows they must make."""

from __future__ import annotations

from typing import Any

from app.core.undecodable import Reason
from app.core.vendors.contract import Source
from app.core.webhook import FORM, JSON, Kind
from app.simulate.expectation import AnyExpected, Call, Contact, Conversation
from app.simulate.scene import Scene
from app.simulate.webhook import Webhook, airy, compact

Tree = dict[str, Any]


def account_of(source: Source) -> int | str:
    """The account in a source's bodies: the configured one, a number where it is spelled as one."""
    account = source.account_id or "1"
    return int(account) if account.isdecimal() and str(int(account)) == account else account


class Story:
    """Send webhooks with `send`; say what they must result in on the rows of `conversation`,
    `call` and `contact`. The event counts of rows are kept here: distinct bodies.
    """

    def __init__(self, source: Source, scene: Scene) -> None:
        self.source = source
        self.scene = scene
        self.webhooks: list[Webhook] = []
        self.rows: dict[str, AnyExpected] = {}

    def key(self, kind: Kind, id: object) -> str:
        return f"{self.source.name}/{kind}/{id}"

    def conversation(self, id: object) -> Conversation:
        row = Conversation(key=self.key("conversation", id))
        self.rows[row.key] = row
        return row

    def call(self, id: object) -> Call:
        row = Call(key=self.key("call", id))
        self.rows[row.key] = row
        return row

    def contact(self, id: object, type: str = "contact") -> Contact:
        row = Contact(key=self.key("contact", id), type=type)
        self.rows[row.key] = row
        return row

    def send(
        self,
        row: AnyExpected | str,
        body: Tree | bytes,
        at: int,
        *,
        type: str | None = None,
        dead: Reason | None = None,
    ) -> Webhook:
        """`row` is the row that learns from it, or the key of an event that no row learns from.
        A body of bytes is a query string.
        """
        key = row if isinstance(row, str) else row.key
        if type is None:
            assert isinstance(body, dict)
            type = str(body.get("event") or body.get("type"))
        webhook = Webhook(
            source=self.source.name,
            vendor=self.source.vendor,
            stored=self._spell(body),
            at=at,
            key=key,
            type=type,
            content_type=FORM if isinstance(body, bytes) else JSON,
            dead=dead,
            counted=not isinstance(row, str),
        )
        again = any(webhook.stored == before.stored for before in self.webhooks)
        self.webhooks.append(webhook)
        if not isinstance(row, str):
            row.events += not again
            row.sent_again += again
        return webhook

    def send_broken(self, stored: bytes, dead: Reason) -> None:
        """A genuine body that nothing can be made of: it has neither key nor type."""
        at = self.scene.later()
        source = self.source
        self.webhooks.append(
            Webhook(source=source.name, vendor=source.vendor, stored=stored, at=at, dead=dead)
        )

    def send_again(self, row: AnyExpected) -> None:
        """The last body once more, byte for byte."""
        self.webhooks.append(self.webhooks[-1])
        row.sent_again += 1

    def _spell(self, body: Tree | bytes) -> bytes:
        if isinstance(body, bytes):
            return body
        return airy(body) if self.scene.chance(0.1) else compact(body)
