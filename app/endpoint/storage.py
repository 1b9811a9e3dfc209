"""Where webhooks are stored: the log, and the spool while Kafka is away."""

from __future__ import annotations

from app.core.webhook import RawRecord
from app.endpoint.breaker import Breaker
from app.endpoint.errors import Failure, KafkaAway
from app.endpoint.log import Log
from app.endpoint.spool.port import Spool


class Storage:
    """The three that belong together."""

    def __init__(self, log: Log, spool: Spool, breaker: Breaker) -> None:
        self.log = log
        self.breaker = breaker
        self._spool = spool

    async def keep(self, record: RawRecord, failure: Failure | None = None) -> None:
        """Spool what Kafka has not acknowledged, for that failure if it was asked. Only then does
        Kafka count as away: what is in the spool is what tries whether it is back.

        Raises SpoolFull or SpoolBroken.
        """
        away = failure if isinstance(failure, KafkaAway) else None
        await self._spool.keep(record, away.fate if away else None)
        if away is not None and away.silent:
            self.breaker.trip()
