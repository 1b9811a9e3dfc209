"""Every way in which a webhook is not taken: its HTTP status, its metric label, its words.

Nowhere else in the endpoint stands a status of 4xx or 5xx. None of the words says anything about
a secret, or repeats what was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from app.core.vendors.contract import Refused

RETRY_AFTER_S = 5


class Failure(Exception):
    """A webhook that is answered with a refusal. `label` is the value of the metric's `reason`."""

    status: ClassVar[int]
    label: str
    close: ClassVar[bool] = False
    """Whether the connection cannot be used on: its request has not been read to the end."""

    @property
    def words(self) -> str:
        return str(self)

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        return ((b"connection", b"close"),) if self.close else ()


class NotHttp(Failure):
    status = 400
    label = "not_http"
    close = True

    def __init__(self) -> None:
        super().__init__("This is no HTTP/1.1 request.")


class HeadersTooLarge(Failure):
    status = 431
    label = "headers_too_large"
    close = True

    def __init__(self, count: int, size: int) -> None:
        super().__init__(f"A request has at most {count} headers, of {size:,} bytes in all.")


class HeadersTooSlow(Failure):
    status = 408
    label = "headers_too_slow"
    close = True

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The headers did not arrive within {seconds:g} s.")


class NoSuchSource(Failure):
    status = 404
    label = "no_source"
    close = True

    def __init__(self) -> None:
        super().__init__("There is no such source. Webhooks are posted to /webhooks/{source}.")


class WrongMethod(Failure):
    status = 405
    label = "method"
    close = True

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This address takes {' and '.join(allowed)} only.")
        self._allowed = allowed

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        return (*super().headers, (b"allow", ", ".join(self._allowed).encode()))


class NotGenuine(Failure):
    """The vendor's own reason: no_signature, bad_signature, expired, no_secret, bad_secret."""

    status = 401

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"{refused}")
        self.label = refused.reason


class Encoded(Failure):
    """What it unfolds to has no bound, and a signature is of the bytes as sent."""

    status = 415
    label = "encoded"
    close = True

    def __init__(self) -> None:
        super().__init__("A webhook is taken as it is, without Content-Encoding.")


class TooLarge(Failure):
    status = 413
    label = "too_large"
    close = True

    def __init__(self, limit: int) -> None:
        super().__init__(f"A webhook has at most {limit:,} bytes.")


class TooSlow(Failure):
    status = 408
    label = "too_slow"
    close = True

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The body did not arrive within {seconds:g} s.")


class ClientGone(Failure):
    """Nobody is left to answer; the status is what nginx counts it as."""

    status = 499
    label = "client_gone"
    close = True

    def __init__(self) -> None:
        super().__init__("The client went away before its body had arrived.")


class Internal(Failure):
    """A fault of Hookline's. The webhook was not stored."""

    status = 500
    label = "internal"
    close = True

    def __init__(self) -> None:
        super().__init__("Hookline failed; the webhook was not stored. Its log says more.")


class Unavailable(Failure):
    """The webhook is genuine and was not stored, as far as is known: it must be sent again."""

    status = 503

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        return (*super().headers, (b"retry-after", str(RETRY_AFTER_S).encode()))


class KafkaAway(Unavailable):
    """Kafka did not acknowledge in time, or could not. `fate`, where there is one, tells later
    whether the record arrived after all. `silent`: nothing else was acknowledged meanwhile.
    """

    label = "kafka_away"

    def __init__(self, fate: asyncio.Future[bool] | None = None, *, silent: bool = False) -> None:
        super().__init__("Kafka did not acknowledge in time. Send it again later.")
        self.fate = fate
        self.silent = silent


class KafkaRefused(Unavailable):
    """Kafka will never take this record as it is."""

    label = "kafka_refused"

    def __init__(self, code: str) -> None:
        super().__init__(f"Kafka refused the record ({code}). Send it again later.")


class Overloaded(Unavailable):
    label = "overloaded"

    def __init__(self) -> None:
        super().__init__("More webhooks are waiting for Kafka than fit. Send it again later.")


class SpoolFull(Unavailable):
    label = "spool_full"

    def __init__(self) -> None:
        super().__init__("Kafka is away and the spool is full. Send it again later.")


class SpoolBroken(Unavailable):
    """It may have been written all the same: then it will be on the log, which is harmless."""

    label = "spool_broken"

    def __init__(self) -> None:
        super().__init__("Kafka is away and the spool cannot be written. Send it again later.")


class TooManyConnections(Unavailable):
    label = "too_many_connections"
    close = True

    def __init__(self) -> None:
        super().__init__("Too many connections are open. Send it again later.")


class TooMuchAtOnce(Unavailable):
    label = "too_much_at_once"
    close = True

    def __init__(self) -> None:
        super().__init__("More is arriving at once than fits. Send it again later.")


class Stopping(Unavailable):
    label = "stopping"
    close = True

    def __init__(self) -> None:
        super().__init__("This endpoint is stopping. Send it again.")
