"""Send deliveries to the endpoint at a rate, and again as the vendors would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult

from app.core.vendors.contract import Source
from app.simulate.connection import Connections, Response, request_bytes
from app.simulate.signing import sign
from app.simulate.tally import Tally
from app.simulate.traffic import Delivery
from app.simulate.webhook import Webhook

NEVER: tuple[float, ...] = ()
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0)
PAUSES = (0.5, 1.0, 2.0, 4.0)  # of a sender that never gives up
WAITING = 4_096  # deliveries that may wait for their next try before the sender stops to wait too


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds a vendor waits for an answer, and before each further try."""

    timeout: float
    retries: tuple[float, ...]


# As the vendors' pages say. Voiso's five failures make a delivery inactive.
PATIENCE = {
    "voiso": Patience(10, BACK_OFF[:4]),
    "varda": Patience(10, BACK_OFF),
    "convocore": Patience(60, NEVER),
    "voxsig": Patience(5, NEVER),
}


Heard = Callable[[Webhook, Response | OSError], None]
"""Told of every try, as soon as it has an answer or is known to have none."""


class Sender:
    """To one endpoint. `persistent` never gives a webhook up, whatever its vendor would do: its
    pauses are then `pauses`, the last of them for ever.
    """

    def __init__(
        self,
        url: SplitResult,
        sources: Sequence[Source],
        *,
        connections: int = 64,
        persistent: bool = False,
        patience: Mapping[str, Patience] = PATIENCE,
        pauses: Sequence[float] = PAUSES,
        heard: Heard = lambda _webhook, _answer: None,
    ) -> None:
        assert url.hostname is not None
        port = url.port or 80
        self.tally = Tally()
        self._host = f"{url.hostname}:{port}"
        self._path = url.path.rstrip("/")
        self._sources: Mapping[str, Source] = {source.name: source for source in sources}
        self._connections = Connections(url.hostname, port)
        self._at_once = asyncio.Semaphore(connections)
        self._waiting = asyncio.Semaphore(WAITING)
        self._persistent = persistent
        self._patience = patience
        self._pauses = pauses
        self._heard = heard

    async def run(self, deliveries: Iterator[Delivery], rate: float | None) -> None:
        """Send all, `rate` a second (None: as fast as answers come)."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for n, delivery in enumerate(deliveries):
                if rate is not None:
                    ahead = started + n / rate - time.monotonic()
                    if ahead > 0:
                        await asyncio.sleep(ahead)
                await self._waiting.acquire()
                await self._at_once.acquire()
                tasks.create_task(self._send(delivery))
        self._connections.close()

    async def _send(self, delivery: Delivery) -> None:
        """Holds both semaphores when it begins; gives the place on the wire up while it waits."""
        source = self._sources[delivery.webhook.source]
        patience = self._patience[source.vendor]
        tries = 0
        while True:
            answer = await self._try(delivery.webhook, source, patience.timeout)
            self._heard(delivery.webhook, answer)
            self._at_once.release()
            if isinstance(answer, Response) and answer.status in (200, 202):
                self.tally.acknowledged(delivery, answer)
                break
            pause = self._pause(answer, tries, patience)
            if pause is None:
                self.tally.refused(delivery, _why(answer))
                break
            tries += 1
            self.tally.retries += 1
            await asyncio.sleep(pause)
            await self._at_once.acquire()
        self._waiting.release()

    async def _try(self, webhook: Webhook, source: Source, timeout: float) -> Response | OSError:
        signed = sign(webhook, source, time.time())
        target = f"{self._path}/webhooks/{source.name}"
        if signed.query:
            target += f"?{signed.query.decode()}"
        data = request_bytes(signed.method, target, self._host, signed.headers, signed.body)
        try:
            return await self._connections.request(data, timeout)
        except OSError as error:
            return error

    def _pause(self, answer: Response | OSError, tries: int, patience: Patience) -> float | None:
        """Seconds until the next try, or None to give it up. What the endpoint refuses for good
        (a 4xx) is never tried again.
        """
        if isinstance(answer, Response) and answer.status < 500:
            return None
        asked = answer.retry_after if isinstance(answer, Response) else None
        if self._persistent:
            return max(asked or 0, self._pauses[min(tries, len(self._pauses) - 1)])
        if tries >= len(patience.retries):
            return None
        return max(asked or 0, patience.retries[tries])


def _why(answer: Response | OSError) -> str:
    if isinstance(answer, Response):
        return f"HTTP {answer.status}"
    return str(answer) or type(answer).__name__


def stop_after(seconds: float) -> Callable[[], bool]:
    """True from that many seconds on."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end
