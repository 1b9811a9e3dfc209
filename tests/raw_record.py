"""A simulator's webhook as the endpoint puts it on the raw log."""

from __future__ import annotations

from app.core.webhook import RawRecord
from app.simulate.webhook import Webhook

ACCOUNT = "1"


def raw_record(
    webhook: Webhook,
    received_at: int,
    offset: int = 0,
    *,
    partition: int = 0,
    account: str | None = ACCOUNT,
) -> RawRecord:
    """`received_at` in microseconds since the epoch; `account` is its source's."""
    return RawRecord(
        partition=partition,
        offset=offset,
        key=webhook.record_key,
        body=webhook.stored,
        id=webhook.id,
        source=webhook.source,
        type=webhook.record_type,
        received_at=received_at,
        content_type=webhook.content_type,
        account=account,
    )
