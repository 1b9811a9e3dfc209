"""What a trial start teaches the JVM is used by later ones, and missed by none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.kafka.broker import Broker, Installation, install
from app.kafka.java import java_version
from app.kafka.quick_start import SINCE, can_be_quickened, quicken

pytestmark = pytest.mark.long(20)


@pytest.fixture
def fresh(tmp_path: Path) -> Installation:
    """The usual installation, its jars linked into a folder where nothing was learnt yet."""
    installed = install()
    if (java_version(installed.java) or 0) < SINCE:
        pytest.skip("this Java cannot learn")
    folder = tmp_path / "jars"
    folder.mkdir()
    for jar in installed.jars:
        (folder / jar.name).symlink_to(jar)
    jars = tuple(folder / jar.name for jar in installed.jars)
    return Installation(installed.java, jars)


def test_a_quickened_kafka_starts_from_what_was_learnt(fresh: Installation, tmp_path: Path) -> None:
    assert can_be_quickened(fresh)
    quick = quicken(fresh)
    assert quick.learnt is not None
    assert not can_be_quickened(quick)
    assert [file for file in (tmp_path / "jars").iterdir() if file.name.startswith(".")] == []

    demanding = replace(quick, jvm_options=("-XX:AOTMode=on",))  # ends where it cannot be used
    broker = Broker(demanding, tmp_path / "data", tmp_path / "log")
    broker.start()
    try:
        broker.wait_until_ready()
    finally:
        broker.stop()


def test_where_nothing_can_be_learnt_kafka_starts_as_before(fresh: Installation) -> None:
    broken = replace(fresh, jars=fresh.jars[:3])
    assert quicken(broken) is broken
