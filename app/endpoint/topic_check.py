"""Nothing is written to topics before it is known that they are the right ones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from app.endpoint.breaker import Breaker
from app.errors import UserError
from app.kafka.provision import PartitionsDiffer, TopicsMissing
from app.log import logger

_AGAIN_S = 1.0


class TopicCheck:
    """Holds the breaker until the check has passed: meanwhile webhooks are spooled.

    `check` blocks; it raises TopicsMissing or PartitionsDiffer, or another UserError while Kafka
    is away.
    """

    def __init__(self, check: Callable[[], None], breaker: Breaker) -> None:
        self._check = check
        self._breaker = breaker
        self._asked: asyncio.Future[None] | None = None
        breaker.hold()

    async def at_start(self, patience_s: float) -> bool:
        """Whether it has passed. It has not where Kafka is away, or takes longer to answer.

        Raises TopicsMissing or PartitionsDiffer.
        """
        self._asked = _in_thread(self._check)
        await asyncio.wait([self._asked], timeout=patience_s)
        if not self._asked.done():
            return False
        try:
            self._asked.result()
        except (TopicsMissing, PartitionsDiffer):
            raise
        except UserError:
            return False
        self._breaker.release()
        self._breaker.close()
        return True

    async def until_passed(self) -> None:
        """Ask again and again. Topics that are missing may be made yet; another partition count
        stays. Raises PartitionsDiffer.
        """
        told = ""
        while True:
            try:
                await (self._asked or _in_thread(self._check))
            except PartitionsDiffer:
                raise
            except UserError as error:
                if error.what != told:
                    logger("endpoint").warning("webhooks are spooled for now", why=error.what)
                    told = error.what
                self._asked = None
                await asyncio.sleep(_AGAIN_S)
            else:
                logger("endpoint").info("Kafka is there, and its topics are right")
                self._breaker.release()
                return


def _in_thread(check: Callable[[], None]) -> asyncio.Future[None]:
    """One that nobody waits for when the process ends: a Kafka that is away takes its time."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            check()
        except Exception as raised:  # noqa: BLE001 — it is raised where it is awaited
            error = raised
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, name="topics", daemon=True).start()
    return future
