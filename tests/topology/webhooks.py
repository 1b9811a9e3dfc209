"""Raw records of one shop's Varda webhooks, as its endpoint writes them."""

from __future__ import annotations

import json
from typing import Any

from app.core.vendors import vendor_named
from app.core.vendors.contract import Source
from app.core.webhook import Key, RawRecord, event_id

SHOP = Source(name="shop", vendor="varda", account_id="77")
RECEIVED_AT = 1_780_315_200_000_000  # 2026-06-01T12:00:00Z
CONVERSATION = "shop/conversation/3107"
CALL = "shop/call/9"


def webhook(body: dict[str, Any] | bytes, received_at: int = RECEIVED_AT) -> RawRecord:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = vendor_named("varda").identify(raw, "application/json", SHOP)
    return record(raw, str(Key(SHOP.name, found.kind, found.id)), found.type, received_at)


def record(body: bytes, key: str, type: str, received_at: int = RECEIVED_AT) -> RawRecord:
    return RawRecord(
        partition=0,
        offset=0,
        key=key,
        body=body,
        id=event_id(SHOP.name, body),
        source=SHOP.name,
        type=f"varda.{type}",
        received_at=received_at,
        account=SHOP.account_id,
    )


def message(number: int, text: str = "Hello", conversation: int = 3107, **more: Any) -> RawRecord:
    at = f"2026-06-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    data = {
        "id": 50_000 + number,
        "conversation_id": conversation,
        "direction": "inbound",
        "sender_type": "contact",
        "content": text,
        "message_type": "text",
        "channel_type": "webchat",
        "created_at": at,
    }
    return webhook({"event": "message.created", "timestamp": at, "data": data | more})


def call_started(call: int = 9) -> RawRecord:
    at = "2026-06-01T09:00:00Z"
    data = {"id": call, "direction": "inbound", "from_number": "+441", "started_at": at}
    return webhook({"event": "call.started", "timestamp": at, "data": data})


def broken(number: int = 1) -> RawRecord:
    """A field of a wrong type."""
    return message(number, sender_type={"no": "text"})
