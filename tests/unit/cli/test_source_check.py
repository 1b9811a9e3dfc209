"""What is said of a source that nobody has heard of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli.source_check import nowhere
from app.simulate.payloads import varda
from tests.unit.read.installation import RECEIVED, Installation


@pytest.fixture
def hookline() -> Installation:
    hookline = Installation(partitions=1)
    hookline.receive(varda.conversation("created", 7, RECEIVED))
    return hookline


def said(hookline: Installation, source: str, config: Path | None = None) -> Any:
    settings = SimpleNamespace(config=config)
    to: Any = SimpleNamespace(log=hookline.log, settings=settings)
    return nowhere(to, [source], [hookline.topics.raw], "webhooks")


def test_one_that_is_configured_is_not_looked_for(tmp_path: Path) -> None:
    config = tmp_path / "hookline.toml"
    config.write_text('[[source]]\nname = "new"\n')
    unread: Any = SimpleNamespace(log=None, topics=SimpleNamespace(raw="raw"))
    assert said(unread, "new", config) is None


def test_a_configuration_that_cannot_be_read_hides_nothing(
    hookline: Installation, tmp_path: Path
) -> None:
    assert "known: varda" in said(hookline, "vadra", tmp_path / "none.toml").remedy


def test_names_that_anybody_wrote_are_shown_safely_and_not_all(hookline: Installation) -> None:
    for n in range(30):
        key = f"\x1b[31m{n:02d}{'x' * 60}/call/1".encode()
        hookline.log.append(hookline.topics.raw, 0, key, b"{}", [])
    remedy = said(hookline, "vadra").remedy
    assert "\x1b" not in remedy
    assert "11 more" in remedy
    assert len(remedy) < 1_200
