"""Hookline's commands, run as a person runs them: each in a process of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.integration import forks

NO_INSPECTOR = "http://127.0.0.1:1"


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


def commands(kafka: str, prefix: str, inspector: str = NO_INSPECTOR) -> Run:
    def run(*arguments: str) -> Done:
        environment = os.environ | {
            "HOOKLINE_BOOTSTRAP": kafka,
            "HOOKLINE_TOPIC_PREFIX": prefix,
            "HOOKLINE_INSPECTOR_URL": inspector,
        }
        done = forks.run(arguments, environment)
        return Done(done.code, done.out, done.err)

    return run
