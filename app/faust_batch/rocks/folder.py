"""A folder that is this process's alone while it lives, and the next one's after it."""

from __future__ import annotations

import fcntl
from itertools import count
from pathlib import Path

LOCK = "lock"


class OwnFolder:
    """The first of `0`, `1`, `2`… under `root` that no other process holds.

    Workers of one machine may thus share a volume: two of them may have the same partition, one to
    work on and one as its standby. The lock is the system's: it is gone with the process, however
    that ends.
    """

    def __init__(self, root: Path) -> None:
        for number in count():
            self.path = root / str(number)
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / LOCK).open("w")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                self._lock.close()

    def release(self) -> None:
        self._lock.close()
