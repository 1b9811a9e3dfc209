"""SIGINT, SIGTERM and SIGHUP as one exception."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """The user, or the system, wants this process to end. Like KeyboardInterrupt not an error."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it each of the signals raises Interrupted in the main thread, but those that this
    process was started to ignore (`nohup`). A second one cuts a stop short.
    """
    heard = [number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, _raise) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted
