"""Whether processes of others' have ended."""

from __future__ import annotations

import time

import psutil


def is_running(pid: int) -> bool:
    """Not one that has ended and whose parent has yet to ask for it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
