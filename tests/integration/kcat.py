"""kcat, and Avro C's avrocat, run as a person runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any, NamedTuple

import httpx

KCAT = os.environ.get("KCAT") or shutil.which("kcat")
AVROCAT = shutil.which("avrocat")

_SYNC = bytes(range(16))


def kcat_has_avro() -> bool:
    """Debian's is built without; one that is linked with libserdes has it (its path: KCAT)."""
    return KCAT is not None and b"Avro" in _run(KCAT, "-V")


class Value(NamedTuple):
    partition: int
    offset: int
    value: bytes


def read_avro(bootstrap: str, topic: str, registry: str) -> dict[tuple[int, int], Any]:
    """Avro's JSON of each record by its place: kcat asks the registry and decodes by itself."""
    options = ("-s", "value=avro", "-r", registry, "-f", "%p %o %s\n")
    lines = (line.split(b" ", 2) for line in _consume(bootstrap, topic, *options).splitlines())
    return {(int(number), int(offset)): json.loads(text) for number, offset, text in lines}


def read_bytes(bootstrap: str, topic: str) -> list[Value]:
    """Values as they lie in the topic; tombstones are left out."""
    out = _consume(bootstrap, topic, "-f", "%p %o %S %s\n")
    found: list[Value] = []
    while out:
        partition, offset, size, out = out.split(b" ", 3)
        length = max(int(size), 0)
        if length:
            found.append(Value(int(partition), int(offset), out[:length]))
        out = out[length + 1 :]
    return found


def _consume(bootstrap: str, topic: str, *options: str) -> bytes:
    assert KCAT is not None
    return _run(KCAT, "-b", bootstrap, "-C", "-t", topic, "-e", "-q", *options)


def avrocat(registry: str, schema_id: int, bodies: list[bytes]) -> list[dict[str, Any]]:
    """Avro bodies of one schema, which the registry has, as Avro C reads them."""
    assert AVROCAT is not None
    schema = httpx.get(f"{registry}/schemas/ids/{schema_id}").json()["schema"]
    out = _run(AVROCAT, input=_container(schema.encode(), bodies))
    return [json.loads(line) for line in out.splitlines()]


def _container(schema: bytes, bodies: list[bytes]) -> bytes:
    """An Avro object container file of one block."""
    meta = [(b"avro.schema", schema), (b"avro.codec", b"null")]
    header = b"Obj\1" + _long(len(meta)) + b"".join(_sized(k) + _sized(v) for k, v in meta) + b"\0"
    block = _long(len(bodies)) + _sized(b"".join(bodies)) + _SYNC
    return header + _SYNC + block


def _sized(data: bytes) -> bytes:
    return _long(len(data)) + data


def _long(number: int) -> bytes:
    number <<= 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _run(*command: str, input: bytes | None = None) -> bytes:
    done = subprocess.run(command, input=input, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
