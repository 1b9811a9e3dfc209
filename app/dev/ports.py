"""The ports that `hookline dev` needs, looked at before anything is started."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from typing import NamedTuple

from app.errors import UserError
from app.kafka.ports import LOOPBACK, free_port


class Wanted(NamedTuple):
    """A port, who listens on it, and the option and variable that set it."""

    of: str
    port: int
    option: str
    variable: str


def claim(wanted: Sequence[Wanted]) -> dict[str, int]:
    """The port of each; a 0 becomes a port that is free now.

    Raises UserError that names every port that is taken or given twice, and its setting.
    """
    found: dict[str, int] = {}
    faults: list[str] = []
    held: list[socket.socket] = []  # until all are chosen, so that no two zeros become one port
    for want in sorted(wanted, key=lambda want: want.port == 0):
        twice = next((of for of, port in found.items() if port == want.port), None)
        listener = socket.socket()
        held.append(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if twice is None:
                listener.bind((LOOPBACK, want.port or free_port()))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"{error.strerror}"
            faults.append(f"Port {want.port} for {want.of} {reason}{_setting(want)}")
            continue
        if twice is not None:
            faults.append(f"Port {want.port} for {want.of} is given to {twice}{_setting(want)}")
            continue
        found[want.of] = listener.getsockname()[1]
    for listener in held:
        listener.close()
    if faults:
        raise UserError(
            "\n".join(faults),
            "Stop what listens there, or choose another port; 0 takes any that is free.",
        )
    return found


def _setting(want: Wanted) -> str:
    return f" ({want.option} or {want.variable})."
