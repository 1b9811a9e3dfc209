"""One run of the simulator: tell stories, send them, settle what must result."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec

from app.core.vendors.contract import Source
from app.errors import UserError
from app.simulate.expectation import AnyExpected
from app.simulate.report import Report, report, settle
from app.simulate.sender import Sender, stop_after
from app.simulate.traffic import Delivery, Traffic


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to play. `count` None goes on until `duration` (seconds) is over; `rate` None is as
    fast as the endpoint answers. `now` in microseconds. `persistent` never gives a webhook up.
    """

    url: str
    seed: int
    now: int
    count: int | None
    rate: float | None
    duration: float | None = None
    connections: int = 64
    persistent: bool = False


async def play(
    plan: Plan, sources: Sequence[Source], progress: Callable[[int], None] = lambda sent: None
) -> tuple[Report, list[AnyExpected]]:
    """Play a plan; returns what it says at its end and the rows that must result. `progress` is
    told the number of webhooks handed over so far. SIGINT lets the stories that have begun end.
    """
    url = parse_url(plan.url)
    await find_endpoint(url)
    traffic = Traffic(sources, plan.seed, plan.now)
    sender = Sender(url, sources, connections=plan.connections, persistent=plan.persistent)
    stop = _Stop(plan.duration)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.ask)
    started = time.monotonic()
    try:
        deliveries = traffic.deliveries(plan.count, stop)
        await sender.run(_told(deliveries, progress), plan.rate)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
    seconds = time.monotonic() - started
    settle(traffic.rows, sender.tally)
    said = report(
        sender.tally, traffic.rows, url=plan.url, seed=plan.seed, now=plan.now, seconds=seconds
    )
    return said, traffic.rows


def write_expectations(path: Path, rows: Sequence[AnyExpected]) -> None:
    """A row as JSON on each line; read by `app.simulate.expectation.read`."""
    encode = msgspec.json.Encoder().encode
    try:
        with path.open("wb") as file:
            file.writelines(encode(row) + b"\n" for row in rows)
    except OSError as error:
        raise UserError(
            f"The expectations cannot be written to {path}: {error.strerror}.",
            "Name another file with --expect.",
        ) from None


def parse_url(url: str) -> SplitResult:
    """Raises UserError for what is not the address of an endpoint."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise UserError(
        f"{url!r} is not the URL of an endpoint.",
        "Name it with --url, as in http://127.0.0.1:8080.",
    )


async def find_endpoint(url: SplitResult) -> None:
    """Raises UserError where nothing listens."""
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(url.hostname, url.port or 80)
    except OSError as error:
        why = error.strerror or str(error) or "no answer"
        raise UserError(
            f"No endpoint answers at {url.geturl()}: {why}.",
            "Start `hookline dev` (or `hookline endpoint`), or name another with --url.",
        ) from None
    writer.close()


class _Stop:
    """When to begin no other story: asked once; asked twice, at once."""

    def __init__(self, duration: float | None) -> None:
        self._over = (lambda: False) if duration is None else stop_after(duration)
        self._asked = False

    def __call__(self) -> bool:
        return self._asked or self._over()

    def ask(self) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


def _told(
    deliveries: Iterator[Delivery], progress: Callable[[int], None], every: int = 50
) -> Iterator[Delivery]:
    sent = 0
    for delivery in deliveries:
        yield delivery
        sent += 1
        if sent % every == 0:
            progress(sent)
    progress(sent)
