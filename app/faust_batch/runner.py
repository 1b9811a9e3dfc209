"""Runs an app in this process until it is told to stop.

Answers faust/worker.py and mode/worker.py `Worker`: they print to the terminal, configure logging,
and take seconds of sleep to stop.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress

from app.faust_batch.app import EXIT_FAILED, App
from app.faust_batch.logs import quiet_libraries

STOP_WITHIN_S = 8.0
_MALLOC_ARENAS = -8  # M_ARENA_MAX of malloc.h

Beside = Callable[[App], AbstractAsyncContextManager[object]]

logger = logging.getLogger(__name__)


def run(
    make_app: Callable[[], App],
    stop_within: float = STOP_WITHIN_S,
    beside: Beside = lambda _app: nullcontext(),
) -> int:
    """Run the app until SIGTERM or SIGINT; returns 0 once all that was begun is committed, or
    is another worker's.
    `beside` is entered before the app starts and left when it has stopped.

    A stop that takes longer than `stop_within` seconds (the broker is away) ends the process with
    70, as does whatever breaks on the way: nothing is lost, the next start takes it up again.
    """
    quiet_libraries()
    share_one_heap()
    asyncio.run(_run(make_app, stop_within, beside))
    return 0


async def _run(make_app: Callable[[], App], stop_within: float, beside: Beside) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = make_app()
    calm_collector()
    async with beside(app):
        await _until_stopped(app, stop, stop_within)


async def _until_stopped(app: App, stop: asyncio.Event, stop_within: float) -> None:
    starting = asyncio.ensure_future(app.start())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        if (error := starting.exception()) is not None:
            app.fail(error, "the worker could not start")
        await stopping
    logger.info("stopping")
    last_resort = _give_up_after(stop_within)
    await app.stop()
    starting.cancel()
    with suppress(asyncio.CancelledError):
        await starting
    last_resort.cancel()
    logger.info("stopped")


def _give_up_after(seconds: float) -> threading.Timer:
    """By a thread: the loop itself may wait for the consumer's."""
    timer = threading.Timer(seconds, _give_up, (seconds,))
    timer.daemon = True
    timer.start()
    return timer


def _give_up(after: float) -> None:
    logger.critical("not stopped after %g s; ending the process", after)
    logging.shutdown()
    os._exit(EXIT_FAILED)


def share_one_heap() -> None:
    """What the consumer's thread allocates, the agent's frees: with a heap for each thread, which
    glibc has by default, both stay as large as they ever were."""
    with suppress(OSError, AttributeError):  # another system's C library
        ctypes.CDLL(None).mallopt(_MALLOC_ARENAS, 1)


def calm_collector() -> None:
    """Rows are many, long-lived and without cycles, and so is what a batch leaves behind: looking
    through them for garbage costs a third of the CPU by default."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 1_000)
