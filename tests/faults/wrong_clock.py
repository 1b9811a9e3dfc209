"""`hookline` by a wall clock that may be wrong:

    CLOCK=FILE python -m tests.faults.wrong_clock endpoint …

The file holds by how many seconds, and may be changed at any time. What asks for the time in
Python gets the wrong one, and so do the timestamps that librdkafka gives to records, which it would
take from the system. Time that only passes (monotonic) is left alone, as it is when somebody sets
a clock. (libfaketime would do without this module, but its lock makes event loops stand still, and
what it keeps in /dev/shm outlives a killed process.)
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

VARIABLE = "CLOCK"
OFFSET = struct.Struct("d")


def set_wrong(offset: Callable[[], float]) -> None:
    """Before anything is imported that asks for the time."""
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + offset()
    time.time_ns = lambda: now_ns() + round(offset() * 1_000_000_000)

    import confluent_kafka  # noqa: PLC0415 — see above

    class WrongProducer(confluent_kafka.Producer):
        def produce(self, *what: Any, **how: Any) -> None:
            super().produce(*what, timestamp=round(time.time() * 1_000), **how)

    confluent_kafka.Producer = WrongProducer  # type: ignore[misc]


if __name__ == "__main__":
    with Path(os.environ[VARIABLE]).open("rb") as file:
        held = mmap.mmap(file.fileno(), OFFSET.size, prot=mmap.PROT_READ)
    set_wrong(lambda: OFFSET.unpack_from(held)[0])

    from app.cli.main import main

    sys.exit(main())
