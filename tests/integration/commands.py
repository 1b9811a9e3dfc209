"""Hookline's commands, run as a person runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


NO_INSPECTOR = "http://127.0.0.1:1"


def commands(kafka: str, prefix: str, inspector: str = NO_INSPECTOR) -> Run:
    def run(*arguments: str) -> Done:
        environment = os.environ | {
            "HOOKLINE_BOOTSTRAP": kafka,
            "HOOKLINE_TOPIC_PREFIX": prefix,
            "HOOKLINE_INSPECTOR_URL": inspector,
        }
        done = subprocess.run(
            [sys.executable, "-m", "app.cli.main", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=environment,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
