"""An endpoint as users run it: a process of its own, on a port of its own."""

from __future__ import annotations

import hmac
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from app.child.process import Child
from tests.integration import local_http
from tests.integration.forks import ForkedChild
from tests.ports import free_port

ENDPOINT = "app.cli.main"
SECRET = "varda-secret-1"
CONFIG = """
[[source]]
name = "shop"
vendor = "varda"
secrets = ["${SHOP_SECRET}"]

[[source]]
name = "phones"
vendor = "voiso"
secrets = ["${PHONES_SECRET}"]

[[source]]
name = "bots"
vendor = "convocore"
secrets = ["${BOTS_SECRET}"]

[[source]]
name = "inbox"
vendor = "voxsig"
account_id = "1"
secrets = ["${INBOX_SECRET}"]
"""
PHONES_SECRET = "voiso-secret"
BOTS_SECRET = "convocore-secret/of-the-bots"
INBOX_SECRET = "voxsig-secret-1"


class EndpointProcess:
    """Started with a source of each vendor: `shop` of Varda, `phones` of Voiso, `bots` of
    Convocore, `inbox` of Voxsig.
    """

    def __init__(
        self,
        folder: Path,
        bootstrap: str,
        prefix: str,
        partitions: int,
        *,
        inside: Sequence[str] = (),
        data_dir: Path | None = None,
        port: int = 0,
        env: Mapping[str, str] | None = None,
        module: str = ENDPOINT,
        **settings: int,
    ) -> None:
        """`inside` is a command that runs it; its data folder is `folder` if not given, its port
        any that is free.
        """
        variables = {f"HOOKLINE_{name.upper()}": str(value) for name, value in settings.items()}
        config = self.config = folder / "hookline.toml"
        config.write_text(CONFIG)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = ["endpoint", "--bootstrap", bootstrap, "--config", str(config)]
        arguments += ["--prefix", prefix, "--partitions", str(partitions), "--port", str(self.port)]
        environment = {
            **os.environ,
            "SHOP_SECRET": SECRET,
            "PHONES_SECRET": PHONES_SECRET,
            "BOTS_SECRET": BOTS_SECRET,
            "INBOX_SECRET": INBOX_SECRET,
            "HOOKLINE_DATA_DIR": str(data_dir or folder),
            **variables,
            **(env or {}),
        }
        log = folder / "endpoint.log"
        if inside or module != ENDPOINT:
            environment["PYTHONPATH"] = str(Path(__file__).parents[2])
            command = [*inside, sys.executable, "-m", module, *arguments]
            self.child = Child("endpoint", command, log, env=environment)
        else:
            self.child = ForkedChild("endpoint", module, arguments, log, environment)

    def wait_until_ready(self, seconds: float = 20) -> None:
        """Until it takes webhooks, and Kafka takes them from it."""
        self._wait(seconds, lambda health: not health["warnings"])

    def wait_until_it_takes_webhooks(self) -> None:
        self._wait(20, lambda _health: True)

    def _wait(self, seconds: float, well: Callable[[dict[str, Any]], bool]) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = local_http.get(self.url + "/readyz")
                if answer.status_code == 200 and well(answer.json()):
                    return
            except httpx.TransportError:
                pass
            assert self.child.exit_code() is None, self.written()
            assert time.monotonic() < deadline, self.written()
            time.sleep(0.05)

    def metric(self, name: str) -> float:
        """The sum over its labels."""
        lines = local_http.get(self.url + "/metrics").text.splitlines()
        return sum(
            float(line.rsplit(" ", 1)[1])
            for line in lines
            if line.startswith((name + " ", name + "{"))
        )

    def wait_until_drained(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while self.metric("hookline_endpoint_spool_entries") or self.metric(
            "hookline_endpoint_kafka_away"
        ):
            assert self.child.exit_code() is None, self.written()
            assert time.monotonic() < deadline, self.written()
            time.sleep(0.05)

    def written(self) -> str:
        return self.child.log.read_text()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Varda's headers, signed now."""
    t = str(int(time.time()))
    digest = hmac.digest(secret.encode(), t.encode() + b"." + body, "sha256").hex()
    return {
        "content-type": "application/json",
        "x-varda-signature": f"t={t},v1={digest}",
        "x-varda-delivery": "dlv_1",
    }


def call_ended(call: str) -> bytes:
    return (
        b'{"event":"call.ended","timestamp":"2025-10-09T08:53:20Z",'
        b'"data":{"id":"%b","status":"completed","note":"caf\xc3\xa9"}}' % call.encode()
    )
