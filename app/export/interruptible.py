"""What hears no Ctrl-C, made to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Protocol, TypeVar

T = TypeVar("T")
_WAIT_S = 0.1  # between looks for a Ctrl-C


class Interruptible(Protocol):
    """Does one thing at a time, in another thread."""

    def __call__(self, action: Callable[[], T]) -> T: ...


@contextmanager
def interruptible(interrupt: Callable[[], None]) -> Iterator[Interruptible]:
    """`interrupt` makes what goes on in the other thread end, with an exception."""
    with ThreadPoolExecutor(1) as pool:

        def do(action: Callable[[], T]) -> T:
            going_on = pool.submit(action)
            try:
                while True:
                    with suppress(TimeoutError):
                        return going_on.result(_WAIT_S)
            except KeyboardInterrupt:
                interrupt()
                going_on.exception()
                raise

        yield do
