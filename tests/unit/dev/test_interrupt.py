"""Which signals end `hookline dev`."""

from __future__ import annotations

import os
import signal

import pytest

from app.dev.interrupt import Interrupted, interruptible


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_of_them_is_one_exception_and_handlers_are_put_back(number: int) -> None:
    def mine(*_: object) -> None:
        """Another handler, which is also there where whoever started the tests ignores hangups."""

    before = signal.signal(number, mine)
    try:
        with pytest.raises(Interrupted), interruptible():
            os.kill(os.getpid(), number)
            signal.sigtimedwait([], 1)
        assert signal.getsignal(number) is mine
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize(("number", "heard"), [(signal.SIGHUP, False), (signal.SIGINT, True)])
def test_a_hangup_stays_ignored_an_interrupt_does_not(number: int, heard: bool) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    ended = False
    try:
        with interruptible():
            os.kill(os.getpid(), number)
            signal.sigtimedwait([], 0.1)
    except Interrupted:
        ended = True
    finally:
        signal.signal(number, before)
    assert ended is heard
