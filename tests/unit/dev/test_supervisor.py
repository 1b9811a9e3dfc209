"""The supervisor, over small real processes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from app.child.process import Child
from app.dev.ports import Wanted, claim
from app.dev.service import Process
from app.dev.supervisor import Died, supervisor

SERVER = """\
import http.server, signal, sys, time

port, not_ready_s, stop_s = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
began = time.monotonic()

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = time.monotonic() - began > not_ready_s
        self.send_response(200 if ready else 503)
        self.end_headers()
        self.wfile.write(b"ready" if ready else b"warming up")

def stop(*_):
    time.sleep(stop_s)
    raise SystemExit(0)

signal.signal(signal.SIGTERM, stop)
print("serving", flush=True)
http.server.HTTPServer(("127.0.0.1", port), Page).serve_forever()
"""


def service(
    folder: Path, name: str, *, warm_s: float = 0, stop_s: float = 0, grace_s: float = 1
) -> Process:
    port = claim([Wanted(name, 0, "", "")])[name]
    return Process(
        name=name,
        command=(sys.executable, "-c", SERVER, str(port), str(warm_s), str(stop_s)),
        ready_url=f"http://127.0.0.1:{port}/readyz",
        log=folder / f"{name}.log",
        grace_s=grace_s,
    )


def ends_with(folder: Path, code: str) -> Process:
    return Process("short", (sys.executable, "-c", code), "http://127.0.0.1:1/", folder / "s", 1)


def alive(pids: dict[str, int]) -> list[str]:
    return [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()]


def test_services_are_up_when_start_returns_and_stop_in_reverse(tmp_path: Path) -> None:
    stopped: list[str] = []
    first, second = service(tmp_path, "kafka"), service(tmp_path, "endpoint", warm_s=0.3)
    with supervisor(stopped.append) as running:
        running.start([first])
        running.start([second])
        assert second.missing() is None
        pids = running.pids()
        assert sorted(alive(pids)) == ["endpoint", "kafka"]
    assert stopped == ["endpoint", "kafka"]
    assert alive(pids) == []


def test_a_service_that_is_not_ready_says_what_it_lacks(tmp_path: Path) -> None:
    slow = service(tmp_path, "worker", warm_s=60)
    with supervisor() as running, pytest.raises(Died, match=r"not ready after 1 s.*503 w"):
        running.start([slow], timeout_s=1)


def test_a_child_that_dies_while_another_is_waited_for_ends_the_start(tmp_path: Path) -> None:
    dying = ends_with(tmp_path, "print('no disk'); raise SystemExit(7)")
    with supervisor() as running, pytest.raises(Died, match="short ended with exit code 7") as end:
        running.start([service(tmp_path, "worker", warm_s=60), dying])
    assert end.value.child.last_lines() == ["no disk"]


def test_a_child_that_is_killed_ends_the_watch_and_the_others(tmp_path: Path) -> None:
    with supervisor() as running:
        running.start([service(tmp_path, "kafka"), service(tmp_path, "worker")])
        pids = running.pids()
        killer = ends_with(
            tmp_path, f"import os, time; time.sleep(.3); os.kill({pids['worker']}, 9)"
        )
        child = killer.start()
        with pytest.raises(Died, match="worker ended by signal 9"):
            running.watch()
        child.wait(5)
    assert alive(pids) == []


def test_stopping_keeps_its_time_whatever_the_children_do(tmp_path: Path) -> None:
    slow = [service(tmp_path, name, stop_s=30, grace_s=0.4) for name in ("kafka", "worker", "end")]
    with supervisor() as running:
        running.start(slow)
        pids = running.pids()
        began = time.monotonic()
    assert 1.2 <= time.monotonic() - began < 15  # and not the 30 that each would take
    assert alive(pids) == []


def test_time_that_one_does_not_use_is_there_for_the_next(tmp_path: Path) -> None:
    kafka = service(tmp_path, "kafka", stop_s=0.8, grace_s=0.2)
    quick = service(tmp_path, "endpoint", grace_s=2)
    children: list[Child] = []
    with supervisor() as running:
        running.start([kafka, quick])
        children = [child for _, child in running._running]  # pyright: ignore[reportPrivateUsage]
    assert [child.exit_code() for child in children] == [0, 0]
