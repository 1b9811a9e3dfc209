"""The files of docker/, parsed."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
DOCKER = ROOT / "docker"


@cache
def compose() -> dict[str, Any]:
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())


def services() -> dict[str, dict[str, Any]]:
    return compose()["services"]


def ours() -> dict[str, dict[str, Any]]:
    """Those that run Hookline's image."""
    return {name: one for name, one in services().items() if one["image"].startswith("hookline")}


@dataclass(frozen=True)
class Instruction:
    """One of the Dockerfile: its word, and what follows with line ends undone."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """Of the exec form, or as a shell would split."""
        found = self.rest[self.rest.find("[") :] if "[" in self.rest else ""
        return json.loads(found) if found else shlex.split(self.rest)


@cache
def dockerfile() -> list[Instruction]:
    text = (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    split = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    return [Instruction(word, rest.strip()) for word, rest in split]


def last_stage() -> list[Instruction]:
    instructions = dockerfile()
    begins = max(at for at, one in enumerate(instructions) if one.word == "FROM")
    return instructions[begins:]
