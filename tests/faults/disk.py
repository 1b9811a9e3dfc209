"""A small disk, which can be filled: a tmpfs in a mount namespace of a process that does nothing.

Nobody else has it mounted, so it is gone with that process, which dies with this one. All reach
it through /proc.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from app.child.process import Child
from tests.faults.means import NotPossible

_MOUNT = 'mount -t tmpfs -o size="$2" tmpfs "$1" && echo mounted && exec sleep infinity'
_WAIT_S = 10
_PIECE = 4_096


class Disk:
    """`folder` is where it is seen. Raises NotPossible."""

    def __init__(self, folder: Path, size: int) -> None:
        folder.mkdir(parents=True)
        log = folder.with_name(folder.name + ".log")
        shell = ["sh", "-c", _MOUNT, "sh", str(folder), str(size)]
        self._holder = Child("disk", ["unshare", "-rm", *shell], log)
        deadline = time.monotonic() + _WAIT_S
        while "mounted" not in log.read_text():
            if self._holder.exit_code() is not None or time.monotonic() > deadline:
                self.end()
                why = f"no disk of its own ({log.read_text().strip()}): that takes user namespaces"
                raise NotPossible(why)
            time.sleep(0.01)
        self.folder = Path(f"/proc/{self._holder.pid}/root{folder}")
        self._filler = self.folder / "filler"

    def fill(self) -> None:
        """Nothing has room on it any more."""
        filler = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            with suppress(OSError):
                free = shutil.disk_usage(self.folder).free
                os.posix_fallocate(filler, os.fstat(filler).st_size, free - _PIECE)
            with suppress(OSError):  # ENOSPC: what others have written meanwhile counts, too
                while True:
                    os.write(filler, bytes(_PIECE))
        finally:
            os.close(filler)

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)

    def end(self) -> None:
        self._holder.kill()
        self._holder.wait(_WAIT_S)
