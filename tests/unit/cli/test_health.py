"""`hookline health`: what the processes of a machine answer, and what follows from it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.cli.main import main

READY = (200, {"ready": True, "not_ready": []})
SPOOLING = (200, {"ready": True, "not_ready": [], "warnings": ["Kafka is away", "4 spooled"]})
RECOVERING = (503, {"ready": False, "not_ready": ["rows are being recovered"]})


class Answering(BaseHTTPRequestHandler):
    """A process that answers /readyz as its server was told."""

    def do_GET(self) -> None:
        status, body = self.server.answer if self.path == "/readyz" else (404, None)  # pyright: ignore
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Not in a test."""


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, HTTPServer]]:
    """An endpoint and a worker; where the inspector would be, nothing listens."""
    variables = {"endpoint": "HOOKLINE_ENDPOINT_PORT", "worker": "HOOKLINE_WORKER_METRICS_PORT"}
    servers: dict[str, HTTPServer] = {}
    for name, variable in variables.items():
        server = HTTPServer(("127.0.0.1", 0), Answering)
        monkeypatch.setenv(variable, str(server.server_port))
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers[name] = server
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("HOOKLINE_INSPECTOR_PORT", str(free.getsockname()[1]))
    yield servers
    for server in servers.values():
        server.shutdown()
        server.server_close()


def health(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["health", *arguments])
    return int(ended.value.code or 0)


def answer(servers: dict[str, HTTPServer], **answers: tuple[int, object]) -> None:
    for name, said in answers.items():
        servers[name].answer = said  # pyright: ignore


def test_all_that_are_here_are_ready(
    processes: dict[str, HTTPServer], capsys: pytest.CaptureFixture[str]
) -> None:
    answer(processes, endpoint=READY, worker=READY)
    assert health() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["endpoint", "worker", "inspector"]
    assert "not here" in lines[2]


def test_one_that_is_here_and_not_ready_says_why(
    processes: dict[str, HTTPServer], capsys: pytest.CaptureFixture[str]
) -> None:
    answer(processes, endpoint=READY, worker=RECOVERING)
    assert health() == 1
    assert "worker     NOT READY  rows are being recovered" in capsys.readouterr().out
    assert health("endpoint") == 0


def test_one_that_is_named_must_be_here(processes: dict[str, HTTPServer]) -> None:
    answer(processes, endpoint=READY, worker=READY)
    assert health("endpoint", "inspector") == 1


def test_the_same_for_machines(
    processes: dict[str, HTTPServer], capsys: pytest.CaptureFixture[str]
) -> None:
    answer(processes, endpoint=(500, "no object"), worker=READY)
    assert health("endpoint", "--json") == 1
    [item] = json.loads(capsys.readouterr().out)["items"]
    assert item["process"] == "endpoint"
    assert item["not_ready"] == ["it answered 500"]
    assert (item["found"], item["ready"]) == (True, False)


def test_one_that_works_though_something_is_wrong_says_what_it_is(
    processes: dict[str, HTTPServer], capsys: pytest.CaptureFixture[str]
) -> None:
    answer(processes, endpoint=SPOOLING, worker=READY)
    assert health() == 0, "to start it anew would mend nothing"
    assert "endpoint   ready, BUT Kafka is away; 4 spooled" in capsys.readouterr().out
    assert health("endpoint", "--json") == 0
    [item] = json.loads(capsys.readouterr().out)["items"]
    assert (item["ready"], item["warnings"]) == (True, ["Kafka is away", "4 spooled"])


def test_one_that_is_not_ready_says_what_else_is_wrong(
    processes: dict[str, HTTPServer], capsys: pytest.CaptureFixture[str]
) -> None:
    both = {"ready": False, "not_ready": ["the spool is full"], "warnings": ["Kafka is away"]}
    answer(processes, endpoint=(503, both))
    assert health("endpoint") == 1
    assert "endpoint   NOT READY  the spool is full; Kafka is away" in capsys.readouterr().out


@pytest.mark.parametrize("body", [[], {"warnings": None}, {"warnings": "no list"}, "text"])
def test_an_answer_of_another_form_is_no_traceback(
    processes: dict[str, HTTPServer], body: object
) -> None:
    answer(processes, endpoint=(200, body))
    assert health("endpoint") == 0


def test_one_that_is_named_twice_is_asked_once(
    processes: dict[str, HTTPServer], capsys: pytest.CaptureFixture[str]
) -> None:
    answer(processes, endpoint=READY, worker=READY)
    assert health("worker", "endpoint", "worker") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["worker", "endpoint"]


def test_no_process_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("ENDPOINT_PORT", "WORKER_METRICS_PORT", "INSPECTOR_PORT"):
        with socket.create_server(("127.0.0.1", 0)) as free:
            monkeypatch.setenv(f"HOOKLINE_{variable}", str(free.getsockname()[1]))
    assert health() == 1
