"""The list of commands, and what becomes of errors."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import app.cli
from app.cli.commands import COMMANDS, build
from app.cli.main import main
from app.errors import UserError


def test_every_command_there_is_is_on_the_list() -> None:
    modules = {module.name for module in pkgutil.iter_modules(app.cli.__path__)} - {"main"}
    commands = {name for name in modules if _is_command(name)}
    assert commands == {command.identifier for command in COMMANDS}


def _is_command(name: str) -> bool:
    module = importlib.import_module(f"app.cli.{name}")
    return hasattr(module, "app") or callable(getattr(module, name, None))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_on_the_list_loads(command: object) -> None:
    assert callable(getattr(command, "load")())  # noqa: B009


def test_help_is_quick_because_it_loads_no_command() -> None:
    code = (
        "import sys\n"
        "from app.cli.main import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit: pass\n"
        "loaded = {'msgspec', 'confluent_kafka', 'kafka', 'faust', 'uvicorn'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in COMMANDS:
        assert command.name in done.stdout


@pytest.mark.parametrize("command", ["state", "timeline", "verify", "receipt", "dead", "health"])
def test_what_only_reads_starts_without_the_client_that_administers(command: str) -> None:
    """It would be a third of the time that a command takes to start."""
    code = f"import sys, app.cli.{command}; sys.exit('kafka' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


INTERRUPTIONS = [
    "raise KeyboardInterrupt",
    "os.kill(os.getpid(), signal.SIGINT)",
    "exec('os.kill(os.getpid(), signal.SIGINT)')",
]


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
@pytest.mark.parametrize("loading", ["typer", "app.cli.state", "msgspec", "confluent_kafka"])
def test_a_ctrl_c_while_it_loads_is_one_like_any_other(
    loading: str, interruption: str, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's & ignores it
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {loading!r}: {interruption}\n"
        "sys.meta_path.insert(0, Interrupted())\n"
    )
    command = [sys.executable, "-m", "app.cli.main", "state", "list"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"hookline {version('hookline')}\n"


def test_an_unknown_command_is_a_user_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["topic", "plan"])
    assert ended.value.code == 2
    assert "topics" in capsys.readouterr().err


def test_a_wrong_setting_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOKLINE_PARTITIONS", "none")
    with pytest.raises(SystemExit) as ended:
        main(["topics", "plan"])
    assert ended.value.code == 2
    assert "HOOKLINE_PARTITIONS" in capsys.readouterr().err


def test_only_the_command_that_is_called_is_loaded() -> None:
    root = build(["topics", "plan"])
    assert [group.name for group in root.registered_groups] == ["topics"]


def test_what_a_vendor_named_does_not_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def command(*_: object, **__: object) -> None:
        raise UserError("The row a\x1b[2Jb cannot\nbe read.", "Look at \x9bit.")

    monkeypatch.setattr("app.cli.commands.build", lambda _: command)
    with pytest.raises(SystemExit) as ended:
        main(["state"])
    assert ended.value.code == 2
    odd = "\N{REPLACEMENT CHARACTER}"
    assert capsys.readouterr().err == f"The row a{odd}[2Jb cannot\nbe read.\nLook at {odd}it.\n"
