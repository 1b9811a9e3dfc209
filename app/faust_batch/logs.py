"""What the libraries say: warnings. Below that they speak, at length, to their developers."""

from __future__ import annotations

import logging

FAUST = logging.getLogger("faust")
"""The logger of our Faust services. A service of mode would take one named for our module, and say
on it what Faust says of every step."""

_LEVELS = {
    "faust": logging.WARNING,
    "mode": logging.WARNING,
    "mode.timers": logging.ERROR,  # warns when a commit takes longer than its interval
    "aiokafka": logging.WARNING,
}


def quiet_libraries() -> None:
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
