"""Run a command that dies with the process that started it, `kill -9` of that one included.

    python -I -S tether.py <pid of the starter> <command> [argument ...]

On Linux the kernel is told to kill this process when its parent dies (prctl PR_SET_PDEATHSIG) and
then becomes the command: nothing is left running in between, and nothing can be missed. Elsewhere
this process stays as the command's parent and looks every quarter of a second whether its own
parent is still the starter. A pipe on stdin would do everywhere, but a JVM does not read it.

The kernel's rule is about the thread that started the child: start children from a thread that
lives as long as they shall.

A file of its own, run by path: it starts in a few milliseconds because it imports nothing of ours.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1
ORPHANED = 137  # what a shell says of a process that was killed


def main() -> int:
    starter, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        return _become(starter, command)
    return _watch(starter, command)


def _become(starter: int, command: list[str]) -> int:
    import ctypes  # noqa: PLC0415 - not needed elsewhere, and not free

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        print(f"prctl failed with errno {ctypes.get_errno()}", file=sys.stderr)
        return ORPHANED
    if os.getppid() != starter:  # it died before the kernel was told
        return ORPHANED
    try:
        os.execvp(command[0], command)  # noqa: S606
    except OSError as error:
        print(f"cannot run {command[0]}: {error.strerror}", file=sys.stderr)
    return 127


def _watch(starter: int, command: list[str]) -> int:
    import subprocess  # noqa: PLC0415
    import time  # noqa: PLC0415

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # it goes to the whole group: the command decides
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    while (code := child.poll()) is None:
        if os.getppid() != starter:
            os.killpg(0, signal.SIGKILL)
        time.sleep(0.25)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
