"""Whether Kafka is known to be away: then no webhook waits for it."""

from __future__ import annotations


class Breaker:
    """Open while Kafka is away. Held, it stays open whatever happens, until it is released: before
    the topics have been checked nothing may be written to them.
    """

    __slots__ = ("held", "is_open")

    def __init__(self) -> None:
        self.is_open = False
        self.held = False

    def trip(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = self.held

    def hold(self) -> None:
        self.is_open = self.held = True

    def release(self) -> None:
        """It closes with the next acknowledgement."""
        self.held = False
