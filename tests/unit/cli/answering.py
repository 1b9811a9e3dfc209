"""An inspector that answers what a test tells it to, by HTTP, on a port of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = Mapping[str, tuple[int, Any]]
"""By path and query, status and JSON; text is sent as it is."""


class Answering:
    """`asked` are the paths and queries it was asked, `tokens` what it was asked with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []
        self.tokens: set[str | None] = set()


@contextmanager
def answering(answers: Answers) -> Iterator[Answering]:
    """What it has no answer to is 404, as by whatever else may listen there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            one.asked.append(self.path)
            one.tokens.add(self.headers.get("Authorization"))
            status, said = answers.get(self.path, (404, "nothing here"))
            body = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Into no test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one = Answering(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
