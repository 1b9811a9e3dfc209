"""SIGINT, SIGTERM and SIGHUP as one exception."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDS = (signal.SIGINT, signal.SIGTERM)
HANGUP = signal.SIGHUP


class Interrupted(BaseException):
    """The user, or the system, wants this process to end. Like KeyboardInterrupt not an error."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it each of the signals raises Interrupted in the main thread. A second one cuts a
    stop short. SIGHUP is left ignored where it is (`nohup`); SIGINT is not, though a script that
    puts this process into the background has it ignored.
    """
    heard = [*ENDS, *([] if signal.getsignal(HANGUP) == signal.SIG_IGN else [HANGUP])]
    before = {number: signal.signal(number, _raise) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted
