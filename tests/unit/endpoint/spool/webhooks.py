"""Webhooks to keep."""

from __future__ import annotations

from app.core.webhook import RawRecord


def webhook(number: int = 0, body: bytes = b"{}", received_at: int | None = None) -> RawRecord:
    return RawRecord(
        partition=-1,
        offset=-1,
        key=f"shop/call/{number}",
        body=body,
        id=f"{number:032x}",
        source="shop",
        type="varda.call.ended",
        received_at=1_760_000_000_000_000 + number if received_at is None else received_at,
        delivery=f"dlv_{number}",
    )
