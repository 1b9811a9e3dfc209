"""No secret is in anything that an endpoint writes; and one is rotated while it runs."""

from __future__ import annotations

import hmac
import os
import re
import signal
import socket
import time

import httpx

from app.kafka.log import Log
from tests.integration import local_http
from tests.integration.endpoint_process import (
    BOTS_SECRET,
    INBOX_SECRET,
    PHONES_SECRET,
    SECRET,
    EndpointProcess,
    call_ended,
    signed,
)
from tests.integration.mortal import Mortal, mortal

__all__ = ["mortal"]

SECRETS = (SECRET, PHONES_SECRET, BOTS_SECRET, INBOX_SECRET)


class Sender:
    """Sends, and keeps everything that it is answered."""

    def __init__(self, endpoint: EndpointProcess) -> None:
        self._client = local_http.Client(base_url=endpoint.url)
        self._port = endpoint.port
        self.taken = 0
        self.answers: list[bytes] = []

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._note(self._client.post(path, content=body, headers=headers))

    def get(self, path: str) -> None:
        self._note(self._client.get(path))

    def raw(self, sent: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._port), timeout=10) as connection:
            connection.sendall(sent)
            self.answers.append(connection.recv(65_536))

    def _note(self, answer: httpx.Response) -> None:
        self.taken += answer.is_success
        self.answers += [answer.content, repr(answer.headers).encode()]


def everything(sender: Sender) -> None:
    """Each secret wherever it could come, genuine and not."""
    for said in spellings(SECRET):
        body = call_ended("x").replace(b"caf", said)
        sender.post("/webhooks/shop", body, signed(body))
        sender.post("/webhooks/shop", said, signed(said))
    for said in spellings(PHONES_SECRET):
        call = b'{"secret":"%b","event":"inbound.call.hangup","data":{"id":"%b"}}'
        sender.post("/webhooks/phones", call % (said, said))
    for said in spellings(BOTS_SECRET):
        ping = b'{"type":"ping","payload":{"workspaceSecret":"%b","a":["%b"]}}'
        sender.post("/webhooks/bots", ping % (said, said))
    for said in spellings(INBOX_SECRET):
        body = b'{"event":"conversation_created","id":3,"status":"%b"}' % said
        sender.post("/webhooks/inbox", body, signed_by_voxsig(body))
    for secret in SECRETS:
        for path in ("shop", "phones", "bots", "inbox", secret):
            sender.post(f"/webhooks/{path}", secret.encode())  # not JSON, unsigned
            sender.post(f"/webhooks/{path}", b'{"secret":"%b"' % secret.encode())
            sender.get(f"/webhooks/{path}?event=x&key={secret}&data.id={secret}")
        sender.raw(b"POST /%b\r\n\r\n" % secret.encode())
        sender.raw(b"POST / HTTP/1.1\r\n" + b"x: %b\r\n" % secret.encode() * 200)


def spellings(secret: str) -> list[bytes]:
    """As it stands, and as JSON may write it in a string."""
    escaped = "".join(f"\\u{ord(one):04X}" for one in secret)
    ways = (secret, escaped, escaped.lower(), secret.replace("/", "\\/"), secret[:4] + escaped[24:])
    return [way.encode() for way in ways]


def signed_by_voxsig(body: bytes) -> dict[str, str]:
    t = str(int(time.time()))
    digest = hmac.digest(INBOX_SECRET.encode(), b"%b.%b" % (t.encode(), body), "sha256").hex()
    return {"x-chatwoot-timestamp": t, "x-chatwoot-signature": f"sha256={digest}"}


def is_in(secret: str, text: bytes) -> bool:
    plain = re.sub(rb"\\\\u00([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), text)
    return any(secret.encode() in one for one in (text, plain, plain.replace(b"\\/", b"/")))


def test_no_secret_is_in_anything_that_is_written(mortal: Mortal) -> None:
    sender = Sender(mortal.endpoint)
    everything(sender)
    taken = sender.taken
    assert taken > 20
    mortal.pause()
    everything(sender)
    assert sender.taken > taken + 20
    written = {
        "spool": b"".join(file.read_bytes() for file in mortal.spool_files()),
        "metrics": local_http.get(f"{mortal.endpoint.url}/metrics").content,
        "readyz": local_http.get(f"{mortal.endpoint.url}/readyz").content,
        "answers": b"\n".join(sender.answers),
    }
    assert len(written["spool"]) > 3_000
    mortal.resume()
    mortal.endpoint.wait_until_ready()
    mortal.endpoint.wait_until_drained()
    with Log(mortal.broker.connection) as log:
        for topic in mortal.topics:
            records = list(log.read(topic))
            written[topic] = b"\n".join(
                b"%b %b %b" % (r.key or b"", r.value or b"", repr(r.headers).encode())
                for r in records
            )
    assert written[mortal.topics.raw].count(b"***") > 20
    mortal.endpoint.child.stop(8)
    written["log"] = mortal.endpoint.written().encode()
    for place, text in written.items():
        for secret in SECRETS:
            assert not is_in(secret, text), (place, secret)


def test_a_secret_is_rotated_by_sighup_and_a_bad_file_changes_nothing(mortal: Mortal) -> None:
    endpoint = mortal.endpoint
    body = call_ended("rotated")

    def status(secret: str) -> int:
        headers = signed(body, secret)
        return local_http.post(
            f"{endpoint.url}/webhooks/shop", content=body, headers=headers
        ).status_code

    def reload(outcome: str) -> None:
        counted = reloads(endpoint, outcome)
        os.kill(endpoint.child.pid, signal.SIGHUP)
        deadline = time.monotonic() + 10
        while reloads(endpoint, outcome) == counted:
            assert time.monotonic() < deadline, endpoint.written()
            time.sleep(0.02)

    before = endpoint.config.read_text()
    (endpoint.config.parent / "new").write_text("varda-secret-2")
    endpoint.config.write_text(before.replace('["${SHOP_', '["file:new", "${SHOP_'))
    assert (status(SECRET), status("varda-secret-2")) == (200, 401)
    reload("done")
    assert (status(SECRET), status("varda-secret-2")) == (200, 200)
    endpoint.config.write_text("[[source]]\nname = 5")
    reload("refused")
    assert (status(SECRET), status("varda-secret-2")) == (200, 200)
    assert "the sources stay as they were" in endpoint.written()
    assert "varda-secret" not in endpoint.written()


def reloads(endpoint: EndpointProcess, outcome: str) -> float:
    lines = local_http.get(f"{endpoint.url}/metrics").text.splitlines()
    name = f'hookline_endpoint_reloads_total{{outcome="{outcome}"}} '
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))
