"""`hookline`, whose transactions end in the midst:

    DIE_AT="KILL flush after 1" python -m tests.integration.dying_redrive dead redrive --all

kills itself when librdkafka's `flush` has returned for the first time, STOP instead of KILL freezes
it there; `before` is when it is called, `during` a moment later, while it is at it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from typing import Any

from confluent_kafka import Producer

import app.kafka.transactional
from app.cli.main import main

VARIABLE = "DIE_AT"
MOMENT_S = 0.002


class DyingProducer(Producer):
    """`at` is what `VARIABLE` says."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._signal, self._method, self._when, number = os.environ[VARIABLE].split()
        self._number = int(number)
        self._calls: Counter[str] = Counter()

    def init_transactions(self, *given: Any) -> None:
        self._call("init_transactions", *given)

    def begin_transaction(self) -> None:
        self._call("begin_transaction")

    def produce(self, *given: Any, **named: Any) -> None:
        self._call("produce", *given, **named)

    def flush(self, *given: Any) -> int:
        return self._call("flush", *given)

    def send_offsets_to_transaction(self, *given: Any) -> None:
        self._call("send_offsets_to_transaction", *given)

    def commit_transaction(self, *given: Any) -> None:
        self._call("commit_transaction", *given)

    def _call(self, method: str, *given: Any, **named: Any) -> Any:
        self._calls[method] += 1
        now = method == self._method and self._calls[method] == self._number
        if now and self._when == "before":
            self._end()
        if now and self._when == "during":
            threading.Timer(MOMENT_S, self._end).start()
        result = getattr(super(), method)(*given, **named)
        if now and self._when != "before":
            self._end()
        return result

    def _end(self) -> None:
        os.kill(os.getpid(), getattr(signal, f"SIG{self._signal}"))


if __name__ == "__main__":
    app.kafka.transactional.Producer = DyingProducer  # type: ignore[misc]
    sys.exit(main())
