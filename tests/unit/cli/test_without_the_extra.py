"""A plain installation has neither pyarrow nor duckdb: what is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.cli.main import main


@pytest.mark.parametrize(
    ("command", "package"),
    [
        (("export", "calls", "--out", "there"), "pyarrow"),
        (("sql", "select 1"), "duckdb"),
        (("sql", "select 1"), "pyarrow"),
        (("sql", "--tables"), "duckdb"),
    ],
    ids=str,
)
def test_it_is_said_how_to_install_it(
    command: tuple[str, ...],
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOOKLINE_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setitem(sys.modules, package, None)  # whose import fails
    with pytest.raises(SystemExit) as ended:
        main(command)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    what, remedy = said.err.splitlines()
    assert package in what
    assert "pip install 'hookline[export]'" in remedy and "pip install -e '.[export]'" in remedy
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("command", ["export", "sql"])
def test_its_help_is_there_all_the_same(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for package in ("pyarrow", "duckdb"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SystemExit) as ended:
        main((command, "--help"))
    assert ended.value.code == 0
    assert "--json" in capsys.readouterr().out
