"""An endpoint as users run it: a process of its own, on a port of its own."""

from __future__ import annotations

import hmac
import os
import sys
import time
from pathlib import Path

import httpx

from app.child.process import Child
from app.kafka.broker import free_port

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
"""


class EndpointProcess:
    """Started with two sources: `shop` of Varda, `phones` of Voiso."""

    def __init__(self, folder: Path, bootstrap: str, prefix: str, partitions: int) -> None:
        config = folder / "hookline.toml"
        config.write_text(CONFIG)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.child = Child(
            "endpoint",
            [
                *(sys.executable, "-m", "app.cli.main", "endpoint"),
                *("--bootstrap", bootstrap, "--config", str(config), "--prefix", prefix),
                *("--partitions", str(partitions), "--port", str(self.port)),
            ],
            folder / "endpoint.log",
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "SHOP_SECRET": SECRET,
                "PHONES_SECRET": "voiso-secret",
            },
        )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                if httpx.get(self.url + "/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.child.exit_code() is None, self.written()
            assert time.monotonic() < deadline, self.written()
            time.sleep(0.05)

    def written(self) -> str:
        return self.child.log.read_text()


def signed(body: bytes) -> dict[str, str]:
    """Varda's headers, signed now."""
    t = str(int(time.time()))
    digest = hmac.digest(SECRET.encode(), t.encode() + b"." + body, "sha256").hex()
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
