"""Children: their logs, their end, and that they never outlive their starter."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from app.child.process import Child
from tests.processes import gone_within, is_running

STUBBORN = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('deaf', flush=True)\n"
    "time.sleep(60)\n"
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def written(child: Child, text: str) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if text in child.last_lines():
            return True
        time.sleep(0.02)
    return False


def test_its_exit_code_and_last_lines_are_known(tmp_path: Path) -> None:
    code = "import sys\nfor n in range(50): print(n)\nprint('why', file=sys.stderr)\nsys.exit(3)"
    child = Child("c", python(code), tmp_path / "c.log")
    assert child.wait(10)
    assert child.exit_code() == 3
    assert len(child.last_lines(4)) == 4
    assert "why" in child.last_lines()


def test_last_lines_are_those_of_this_run(tmp_path: Path) -> None:
    log = tmp_path / "c.log"
    assert Child("c", python("print('old')"), log).wait(10)
    child = Child("c", python("print('new')"), log)
    assert child.wait(10)
    assert child.last_lines() == ["new"]
    assert log.read_text() == "old\nnew\n"


def test_it_is_asked_to_stop_and_then_killed(tmp_path: Path) -> None:
    child = Child("c", python(STUBBORN), tmp_path / "c.log")
    assert written(child, "deaf")
    began = time.monotonic()
    assert not child.stop(0.3)
    assert 0.3 <= time.monotonic() - began < 15  # and not the minute that it would take
    assert child.exit_code() == -signal.SIGKILL


def test_its_log_is_bounded_while_it_writes(tmp_path: Path) -> None:
    code = (
        "import time\n"
        "for n in range(100): print('x' * 100, flush=True)\n"
        "print('first', flush=True)\n"
        "time.sleep(0.5)\n"
        "print('second', flush=True)\n"
        "time.sleep(60)\n"
    )
    child = Child("c", python(code), tmp_path / "c.log")
    try:
        assert written(child, "first")
        child.bound_log(limit=1_000)
        assert written(child, "second")
        assert (tmp_path / "c.log").read_text() == "second\n"
        assert (tmp_path / "c.log.1").read_text().endswith("first\n")
    finally:
        child.stop(0)


def test_a_command_that_is_not_there_says_so(tmp_path: Path) -> None:
    child = Child("c", ["/no/such/command"], tmp_path / "c.log")
    assert child.wait(10)
    assert child.exit_code() == 127
    assert child.last_lines() == ["cannot run /no/such/command: No such file or directory"]


def test_it_dies_with_its_starter_even_if_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from app.child.process import Child\n"
        f"child = Child('c', [sys.executable, '-c', {STUBBORN!r}], Path(sys.argv[1]))\n"
        "while not child.last_lines(): time.sleep(0.02)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [*python(code), str(tmp_path / "c.log")], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    assert is_running(pid)
    starter.kill()
    starter.wait()
    assert gone_within(pid, 2)


def test_where_the_kernel_does_not_help_the_launcher_watches(tmp_path: Path) -> None:
    """The other way of `tether`, run here on purpose: it is what serves on macOS."""
    code = (
        "import os, subprocess, sys, time\n"
        "watch = 'import sys; sys.platform = \"other\"; from app.child import tether; '\\\n"
        "    'sys.exit(tether.main())'\n"
        "sleeper = [sys.executable, '-c', "
        "'import os, time; print(os.getpid(), flush=True); time.sleep(60)']\n"
        "subprocess.Popen([sys.executable, '-c', watch, str(os.getpid()), *sleeper],\n"
        "    process_group=0)\n"
        "time.sleep(60)\n"
    )
    starter = subprocess.Popen(python(code), stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    assert gone_within(pid, 3)


def test_a_log_that_was_removed_harms_nothing(tmp_path: Path) -> None:
    child = Child("c", python("print('lost')"), tmp_path / "c.log")
    assert child.wait(10)
    child.log.unlink()
    child.bound_log(0)
    assert child.last_lines() == []
