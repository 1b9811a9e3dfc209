"""How long no broker has answered.

aiokafka tries again for ever, and tells nobody. It notes of each connection when the last answer
came in (aiokafka/conn.py `_handle_frame`), and heartbeats see to it that some do. Only while a
group is balanced anew may there be none for long.
"""

from __future__ import annotations

import time

from aiokafka.client import AIOKafkaClient


class Silence:
    """Is told every second or so who answers: a connection that breaks takes its note with it."""

    def __init__(self) -> None:
        self._heard_at = time.monotonic()

    def listen(self, client: AIOKafkaClient) -> None:
        """May be called from another thread than `seconds` is asked from."""
        answered = [connection._last_action for connection in client._conns.values()]
        self._heard_at = max([self._heard_at, *answered])

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._heard_at
