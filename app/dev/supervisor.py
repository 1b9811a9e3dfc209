"""Start services, watch them, stop them in order: none is left, whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from app.child.process import Child
from app.dev.service import Service

READY_S = 60.0
_LOOK_S = 0.1
_LOG_LOOK_S = 2.0


class Died(Exception):
    """A service ended that should not have, or did not become ready."""

    def __init__(self, child: Child, what: str) -> None:
        super().__init__(what)
        self.child = child
        self.what = what


class Supervisor:
    """Watches the children it has started. They are stopped in the reverse order, within the sum
    of their grace; what one does not use is there for the next.
    """

    def __init__(self) -> None:
        self._running: list[tuple[Service, Child]] = []

    def start(self, services: Sequence[Service], timeout_s: float = READY_S) -> None:
        """Start them all at once and wait until each is ready. Raises Died."""
        waiting: list[tuple[Service, Child]] = []
        for service in services:
            self._running.append((service, service.start()))
            waiting.append(self._running[-1])
        deadline = time.monotonic() + timeout_s
        while waiting:
            self._look()
            service, child = waiting[0]
            missing = service.missing()
            if missing is None:
                del waiting[0]
            elif time.monotonic() > deadline:
                raise Died(child, f"{service.name} is not ready after {timeout_s:g} s: {missing}")
            else:
                time.sleep(_LOOK_S / 2)

    def pids(self) -> dict[str, int]:
        return {service.name: child.pid for service, child in self._running}

    def watch(self) -> None:
        """Return never; raise Died when a child ends."""
        next_log_look = 0.0
        while True:
            self._look()
            if time.monotonic() >= next_log_look:
                for _, child in self._running:
                    child.bound_log()
                next_log_look = time.monotonic() + _LOG_LOOK_S
            time.sleep(_LOOK_S)

    def _look(self) -> None:
        for service, child in self._running:
            code = child.exit_code()
            if code is not None:
                raise Died(child, f"{service.name} ended {_how(code)}")

    def stop(self, told: Callable[[str], None] = lambda _name: None) -> None:
        """Stop everything; `told` hears each name when it has stopped."""
        deadline = time.monotonic()
        try:
            for service, child in reversed(self._running):
                deadline += service.grace_s
                child.stop(max(0.0, deadline - time.monotonic()))
                told(service.name)
        finally:
            self.kill()

    def kill(self) -> None:
        for _, child in self._running:
            child.kill()
        self._running.clear()


def _how(code: int) -> str:
    return f"with exit code {code}" if code >= 0 else f"by signal {-code}"


@contextmanager
def supervisor(told: Callable[[str], None] = lambda _name: None) -> Iterator[Supervisor]:
    """A supervisor that has stopped everything when the block is left, for whatever reason."""
    running = Supervisor()
    try:
        yield running
    finally:
        running.stop(told)
