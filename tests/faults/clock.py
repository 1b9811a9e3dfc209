"""The wall clock of some processes, which may be wrong by hours, and be set while they run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.faults import wrong_clock

HOUR = 3_600


class Clock:
    """`env` are the variables of a `wrong_clock` process that goes by it."""

    def __init__(self, file: Path) -> None:
        file.write_bytes(bytes(wrong_clock.OFFSET.size))
        self._file = file.open("r+b", buffering=0)
        self.env: Mapping[str, str] = {wrong_clock.VARIABLE: str(file)}

    def set(self, hours: float) -> None:
        """So many hours fast, or slow if negative; at once, for all that go by it."""
        self._file.seek(0)
        self._file.write(wrong_clock.OFFSET.pack(hours * HOUR))

    def close(self) -> None:
        self._file.close()
