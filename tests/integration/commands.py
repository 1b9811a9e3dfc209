"""Hookline's commands, run as a person runs them: each in a process of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from tests.integration.forks import Fork

NO_INSPECTOR = "http://127.0.0.1:1"
PATIENCE_S = 60


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
        return _run(
            arguments,
            os.environ
            | {
                "HOOKLINE_BOOTSTRAP": kafka,
                "HOOKLINE_TOPIC_PREFIX": prefix,
                "HOOKLINE_INSPECTOR_URL": inspector,
            },
        )

    return run


def _run(arguments: tuple[str, ...], environment: Mapping[str, str]) -> Done:
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = Fork("app.cli.main", arguments, environment, out, err)
        try:
            return Done(process.wait(PATIENCE_S), out.read_text(), err.read_text())
        except TimeoutError:
            raise TimeoutError(f"hookline {' '.join(arguments)}: {err.read_text()}") from None
