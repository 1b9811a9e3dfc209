"""Ports of loopback for servers that tests start.

They lie below those that the system gives to connections, so that none is taken between the moment
it is found free and the moment its server listens; and each of pytest-xdist's workers has a range
of its own.
"""

from __future__ import annotations

import os
import random
from itertools import cycle, islice

from app.kafka.ports import first_free

FIRST, RANGE, RANGES = 12_000, 2_500, 8


def _mine() -> list[int]:
    """Begun anywhere: another run on this machine is hardly at the same port."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST + worker % RANGES * RANGE
    begin = first + random.randrange(RANGE)
    return [*range(begin, first + RANGE), *range(first, begin)]


_ports = cycle(_mine())


def free_port() -> int:
    """A port that nobody listens on; the same one is not given again for a long time."""
    port = first_free(islice(_ports, RANGE))
    assert port is not None, "no port is free"
    return port
