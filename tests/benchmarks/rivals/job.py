"""What every rival does with a webhook, and how it is told what to serve."""

from __future__ import annotations

import argparse
import hmac
import time
from typing import Any, NamedTuple

import uvicorn

from tests.benchmarks.http_load import SECRET

WINDOW_S = 300
PATH, READY = "/webhooks/bench", "/readyz"
SIGNATURE, DELIVERY = "x-varda-signature", "x-varda-delivery"
CODEC = "lz4"  # as Hookline's records
LINGER_MS = 1


class Told(NamedTuple):
    bootstrap: str
    topic: str
    port: int


def told() -> Told:
    options = argparse.ArgumentParser()
    options.add_argument("--bootstrap", required=True)
    options.add_argument("--topic", required=True)
    options.add_argument("--port", type=int, required=True)
    return Told(**vars(options.parse_args()))


def is_genuine(signature: str, body: bytes) -> bool:
    """By `t=<unix s>,v1=<hex HMAC-SHA256(secret, "{t}.{body}")>`, at most WINDOW_S from now."""
    stated, _, given = signature.partition(",v1=")
    at = stated.removeprefix("t=")
    if not at.isdecimal() or abs(time.time() - int(at)) > WINDOW_S:
        return False
    expected = hmac.digest(SECRET, at.encode() + b"." + body, "sha256").hex()
    return hmac.compare_digest(expected, given)


def serve(app: Any, port: int) -> None:
    """As the documentation of uvicorn says for speed: uvloop, httptools, no access log."""
    uvicorn.run(
        app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning"
    )
