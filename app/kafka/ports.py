"""Ports of loopback that are free."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from itertools import chain

from app.errors import UserError

LOOPBACK = "127.0.0.1"
_PORTS = range(24_000, 32_000)


def free_port() -> int:
    """A port that nobody listens on at this moment. It lies below those that systems give to
    connections, one of which might have it before who it is for listens there.
    """
    begin = random.randrange(len(_PORTS))  # noqa: S311 - nobody is to be kept from guessing it
    port = first_free(chain(_PORTS[begin:], _PORTS[:begin]))
    if port is None:
        raise UserError(
            f"No port of {LOOPBACK} from {_PORTS[0]} to {_PORTS[-1]} is free.",
            "Stop some of what listens there.",
        )
    return port


def first_free(ports: Iterable[int]) -> int | None:
    """The first that nobody has bound, None where there is none."""
    for port in ports:
        with socket.socket() as listener:
            try:
                listener.bind((LOOPBACK, port))
            except OSError:
                continue
        return port
    return None
