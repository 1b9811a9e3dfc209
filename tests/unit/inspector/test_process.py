"""The inspector's process: where it listens, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.cli.main import main

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_listens_on_loopback_and_stops_when_asked(how: signal.Signals, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", "inspector", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "HOOKLINE_LOG_FORMAT": "json",
            "HOOKLINE_BOOTSTRAP": "127.0.0.1:9",
            "HOOKLINE_DATA_DIR": str(tmp_path),
        },
    )
    assert process.stderr is not None
    try:
        listening = process.stderr.readline()
        assert '"event": "listening"' in listening
        assert '"host": "127.0.0.1"' in listening
        time.sleep(0.2)
        process.send_signal(how)
        assert process.wait(5) == 0
        assert '"event": "stopped"' in process.stderr.read()
    finally:
        process.kill()
        process.stderr.close()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["inspector", *arguments])
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused(capsys, "--port", str(port))
    assert f"127.0.0.1 port {port}" in told
    assert "HOOKLINE_INSPECTOR_PORT" in told


def test_an_address_that_is_not_ours_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "HOOKLINE_INSPECTOR_HOST" in refused(capsys, "--host", "192.0.2.1", "--port", "0")
