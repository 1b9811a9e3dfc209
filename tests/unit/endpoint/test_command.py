"""`hookline endpoint` told something wrong: two sentences, exit code 2, nothing started."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.main import main

SOURCES = '[[source]]\nname = "a"\nvendor = "varda"\nsecrets = ["${A_SECRET}"]\n'


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["endpoint", *arguments])
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOKLINE_CONFIG", raising=False)
    monkeypatch.delenv("A_SECRET", raising=False)


def test_without_sources_it_says_where_they_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "HOOKLINE_CONFIG" in refused(capsys)


def test_an_unset_secret_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "hookline.toml"
    config.write_text(SOURCES)
    told = refused(capsys, "--config", str(config))
    assert "line 4, source[0].secrets[0]: the environment variable A_SECRET is not set" in told


def test_a_folder_that_cannot_hold_the_spool_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", "long-enough")
    config = tmp_path / "hookline.toml"
    config.write_text(SOURCES)
    monkeypatch.setenv("HOOKLINE_DATA_DIR", str(config))
    told = refused(capsys, "--config", str(config), "--port", "0")
    assert f"{config}/spool/webhooks.raw cannot be used: Not a directory." in told
    assert "HOOKLINE_DATA_DIR" in told
