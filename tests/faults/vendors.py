"""The vendors: signed traffic of all four over real connections, tried again as each of them
would; and somebody who forges webhooks.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from itertools import takewhile
from urllib.parse import urlsplit

import msgspec

from app.core.vendors.contract import Source
from app.simulate.sender import PATIENCE, Heard, Patience, Sender
from app.simulate.tally import Tally
from app.simulate.traffic import Delivery, Traffic
from tests.faults.witness import Witness

START = 1_711_391_400_000_000
"""When the stories are told, 2024-03-25T18:30:00Z: the same seed sends the same bytes."""

FORGERIES = 5.0  # a second
_ENDS_WITHIN_S = 150


class Vendors:
    """Send to all of the URLs, so many webhooks a second together; each webhook's tries go to one
    of them. `haste` divides the pauses between a vendor's tries.
    """

    def __init__(
        self,
        urls: Sequence[str],
        sources: Sequence[Source],
        witness: Witness,
        seed: int,
        rate: float,
        haste: float = 1.0,
    ) -> None:
        self.traffic = Traffic(sources, seed, START)
        self.tally = Tally()
        self._urls, self._sources, self._witness = urls, sources, witness
        self._seed, self._rate = seed, rate
        self._patience = {
            vendor: Patience(one.timeout, tuple(pause / haste for pause in one.retries))
            for vendor, one in PATIENCE.items()
        }
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="vendors", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def check(self) -> None:
        """Raises what went wrong with them."""
        if self._failure is not None:
            raise AssertionError("the vendors failed") from self._failure

    def stop(self) -> None:
        """No story begins any more; those that have begun are told, and tried again, to the end."""
        self._over.set()
        self._thread.join(_ENDS_WITHIN_S)
        assert not self._thread.is_alive(), "vendors are still trying"
        self.check()

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except BaseException as failure:  # noqa: BLE001 — it is raised where the trial looks
            self._failure = failure

    async def _send(self) -> None:
        deliveries = self.traffic.deliveries(None, self._over.is_set)
        rate = self._rate / len(self._urls)
        async with asyncio.TaskGroup() as tasks:
            for url in self._urls:
                sender = self._sender(url, self._sources, self._witness.hear)
                sender.tally = self.tally
                tasks.create_task(sender.run(deliveries, rate))
                forger = self._sender(url, self._forged(), self._witness.hear_of_a_forgery)
                tasks.create_task(forger.run(self._forgeries(url), FORGERIES / len(self._urls)))

    def _sender(self, url: str, sources: Sequence[Source], heard: Heard) -> Sender:
        return Sender(urlsplit(url), sources, patience=self._patience, heard=heard)

    def _forged(self) -> list[Source]:
        """Of somebody who knows all but the secrets."""
        guess = (b"a-guess-at-the-secret",)
        return [msgspec.structs.replace(source, secrets=guess) for source in self._sources]

    def _forgeries(self, url: str) -> Iterator[Delivery]:
        traffic = Traffic(self._forged(), self._seed, START + self._urls.index(url) + 1)
        return takewhile(lambda _: not self._over.is_set(), traffic.deliveries(None))
