"""The history of a row that a Hookline in memory has made."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.core.undecodable import Undecodable
from app.core.webhook import RawRecord
from app.history.gather import Gathering
from app.history.history import History
from app.history.rules import Rules
from app.read.event_json import EventJson
from app.read.tables import row_key
from tests.unit.read.installation import (
    RECEIVED,
    SECOND,
    Installation,
    catalogue,
    codecs,
    repository,
    row_json,
)

CHAT = "varda/conversation/7"


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


@lru_cache
def rules() -> Rules:
    return Rules(catalogue(), codecs(), row_json(), EventJson(repository()))


def history(hookline: Installation, key: str = CHAT, **options: Any) -> History:
    """As the topics tell it now."""
    return gathered(hookline, hookline.projected, key, **options)


def gathered(
    hookline: Installation, projected: dict[int, int] | None, key: str = CHAT, **options: Any
) -> History:
    table, _ = row_key(key)
    gathering = Gathering(hookline.rows, hookline.topics, projected)
    return History(gathering.webhooks(table, key, **options), rules())


def died(hookline: Installation, record: RawRecord) -> None:
    """The worker could not decode it then, whatever can be decoded today: a letter, and nothing in
    the row.
    """
    hookline.bury(record, Undecodable("schema_mismatch", "expected text", "$.data.content"))
    hookline.projected[record.partition] = record.offset + 1
