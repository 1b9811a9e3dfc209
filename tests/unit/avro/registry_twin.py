"""A schema registry in memory, as far as Confluent's goes for reading and importing, over HTTP.

What it refuses and in which words follows Confluent's documentation and source: a given id or
version is taken in IMPORT mode only; IMPORT mode needs `force` where there are versions.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Refused(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class RegistryTwin:
    """`writes` are the requests that write, in order."""

    def __init__(self) -> None:
        self.versions: dict[str, dict[int, tuple[int, str]]] = {}
        self.modes: dict[str, str] = {}
        self.config: dict[str, str] = {}
        self.writes: list[str] = []
        self.password: str | None = None
        self.can_import = True

    def ids(self) -> dict[int, str]:
        return {id: text for of in self.versions.values() for id, text in of.values()}

    def answer(self, method: str, path: str, body: Any) -> Any:
        parts = [unquote(part) for part in urlsplit(path).path.strip("/").split("/")]
        force = parse_qs(urlsplit(path).query).get("force") == ["true"]
        if method != "GET":
            self.writes.append(f"{method} {urlsplit(path).path}")
        match [method, *parts]:
            case ["GET", "schemas", "ids", id]:
                if int(id) not in self.ids():
                    raise Refused(40403, f"Schema {id} not found")
                return {"schema": self.ids()[int(id)]}
            case ["GET", "subjects", subject, "versions", version]:
                if subject not in self.versions:
                    raise Refused(40401, f"Subject '{subject}' not found.")
                if int(version) not in self.versions[subject]:
                    raise Refused(40402, f"Version {version} not found.")
                id, text = self.versions[subject][int(version)]
                return {"subject": subject, "version": int(version), "id": id, "schema": text}
            case ["PUT", "mode", subject]:
                if not self.can_import:
                    raise Refused(42205, "Mode changes are not allowed")
                if body["mode"] == "IMPORT" and self.versions.get(subject) and not force:
                    raise Refused(42205, "Cannot import since found existing subjects")
                self.modes[subject] = body["mode"]
                return body
            case ["POST", "subjects", subject, "versions"]:
                return self.register(subject, body)
            case ["PUT", "config", subject]:
                self.config[subject] = body["compatibility"]
                return body
            case _:
                raise Refused(404, "HTTP 404 Not Found")

    def register(self, subject: str, body: Any) -> Any:
        if self.modes.get(subject) != "IMPORT":
            raise Refused(42205, f"Subject {subject} is not in import mode")
        if self.ids().get(body["id"], body["schema"]) != body["schema"]:
            raise Refused(42205, f"Overwrite new schema with id {body['id']} is not permitted.")
        self.versions.setdefault(subject, {})[body["version"]] = (body["id"], body["schema"])
        return {"id": body["id"]}


@contextmanager
def served(twin: RegistryTwin) -> Iterator[str]:
    """The URL at which it answers, on a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        do_POST = do_PUT = do_GET

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            try:
                if twin.password and self.headers.get("authorization") != twin.password:
                    raise Refused(40101, "Unauthorized")
                status, content = 200, twin.answer(self.command, self.path, body)
            except Refused as refused:
                status = int(str(refused.code)[:3])
                content = {"error_code": refused.code, "message": str(refused)}
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
