"""An endpoint over a log in memory, and a client that speaks ASGI to it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import msgspec

from app.core.vendors import vendor_named
from app.core.vendors.contract import Source, Vendor
from app.endpoint.app import Endpoint
from app.endpoint.body import BodyReader
from app.endpoint.breaker import Breaker
from app.endpoint.health import Readiness, always_ready
from app.endpoint.log import MemoryLog
from app.endpoint.spool.memory import MemorySpool
from app.endpoint.storage import Storage

NOW = 1_760_000_000.25
LIMIT = 4_096
SECRET = b"varda-secret-1"
SOURCES = (
    Source(name="shop", vendor="varda", secrets=(SECRET, b"varda-secret-0")),
    Source(name="phones", vendor="voiso", secrets=(b"voiso-secret",)),
    Source(name="bots", vendor="convocore", secrets=(b"convocore-secret",)),
    Source(name="inbox", vendor="voxsig", secrets=(), account_id="7", verify=False),
)


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Bench:
    """The endpoint under test and what is at its rim."""

    def __init__(
        self,
        *,
        sources: Sequence[tuple[Source, Vendor]] | None = None,
        ready: Readiness = always_ready,
        body_timeout_s: float = 5,
        spool: MemorySpool | None = None,
    ) -> None:
        self.log = MemoryLog()
        self.spool = spool or MemorySpool()
        self.breaker = Breaker()
        self.now = NOW
        self.body = BodyReader(LIMIT, body_timeout_s)
        self.endpoint = Endpoint(
            sources or [(source, vendor_named(source.vendor)) for source in SOURCES],
            Storage(self.log, self.spool, self.breaker),
            body=self.body,
            ready=ready,
            signature_window_s=300,
            clock=lambda: self.now,
        )

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | Sequence[bytes] = b"",
        headers: Mapping[str, str] | None = None,
        query: bytes = b"",
        then: str = "end",
    ) -> Answer | None:
        """The answer, None where there was none. `body` may come in several pieces; `then` is
        what follows the last of them: "end", "disconnect" or "silence".
        """
        pieces = [body] if isinstance(body, bytes) else list(body)
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            if pieces:
                more = len(pieces) > 1 or then != "end"
                return {"type": "http.request", "body": pieces.pop(0), "more_body": more}
            if then == "silence":
                await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in (headers or {}).items()
            ],
        }
        await self.endpoint(scope, receive, send)
        if not sent:
            return None
        start, *rest = sent
        assert start["type"] == "http.response.start"
        assert not rest[-1].get("more_body")
        answer = Answer(
            status=start["status"],
            headers={name.decode(): value.decode() for name, value in start["headers"]},
            body=b"".join(message["body"] for message in rest),
        )
        assert int(answer.headers["content-length"]) == len(answer.body)
        return answer

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        answer = await self.ask("POST", path, body, headers)
        assert answer is not None
        return answer

    def count(self, metric: str, **labels: str) -> float:
        return self.endpoint.metrics.registry.get_sample_value(metric, labels) or 0


def signed(body: bytes, at: float = NOW, secret: bytes = SECRET) -> dict[str, str]:
    """Varda's headers."""
    t = str(int(at))
    signature = hmac.digest(secret, t.encode() + b"." + body, "sha256").hex()
    return {
        "content-type": "application/json",
        "x-varda-signature": f"t={t},v1={signature}",
        "x-varda-delivery": "dlv_1",
    }


def call_ended(call: str = "call-1") -> bytes:
    return msgspec.json.encode(
        {
            "event": "call.ended",
            "timestamp": "2025-10-09T08:53:20Z",
            "data": {"id": call, "status": "completed", "duration": 62},
        }
    )
