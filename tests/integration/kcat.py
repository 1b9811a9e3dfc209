"""kcat, and Avro C's avrocat, run as a person runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.integration import local_http

KCAT = os.environ.get("KCAT") or shutil.which("kcat")
AVROCAT = shutil.which("avrocat")

_SYNC = bytes(range(16))


@cache
def kcat_has_avro() -> bool:
    """Debian's is built without; one that is linked with libserdes has it (its path: KCAT)."""
    return KCAT is not None and b"Avro" in _run(KCAT, "-V")


Place = tuple[int, int]  # partition, offset
Read = dict[Place, Any]  # Avro's own JSON: the branch of a union is named


def can_read() -> bool:
    return KCAT is not None and (kcat_has_avro() or AVROCAT is not None)


def read_topic(bootstrap: str, topic: str, registry: str) -> Read:
    """Every value of a topic but tombstones, with schemas that only the registry tells."""
    if kcat_has_avro():
        return _read_by_kcat(bootstrap, topic, registry)
    return _read_by_avrocat(bootstrap, topic, registry)


def _read_by_kcat(bootstrap: str, topic: str, registry: str) -> Read:
    """libserdes asks the registry, Avro C decodes."""
    options = ("-s", "value=avro", "-r", registry, "-f", "%p %o %s\n")
    lines = (line.split(b" ", 2) for line in _consume(bootstrap, topic, *options).splitlines())
    return {(int(number), int(offset)): json.loads(text) for number, offset, text in lines}


def _read_by_avrocat(bootstrap: str, topic: str, registry: str) -> Read:
    """kcat reads the bytes, avrocat (Avro C too) decodes them, a file for each schema."""
    assert AVROCAT is not None
    by_schema: defaultdict[int, dict[Place, bytes]] = defaultdict(dict)
    for place, value in _bytes(_consume(bootstrap, topic, "-f", "%p %o %S %s\n")):
        by_schema[int.from_bytes(value[1:5], "big")][place] = value[5:]
    found: Read = {}
    for id, bodies in by_schema.items():
        schema = local_http.get(f"{registry}/schemas/ids/{id}").json()["schema"]
        out = _run(AVROCAT, input=_container(schema.encode(), list(bodies.values())))
        found |= dict(zip(bodies, map(json.loads, out.splitlines()), strict=True))
    return found


def _bytes(out: bytes) -> Iterator[tuple[Place, bytes]]:
    while out:
        partition, offset, size, out = out.split(b" ", 3)
        length = max(int(size), 0)  # -1 is a tombstone
        if length:
            yield (int(partition), int(offset)), out[:length]
        out = out[length + 1 :]


def _consume(bootstrap: str, topic: str, *options: str) -> bytes:
    assert KCAT is not None
    return _run(KCAT, "-b", bootstrap, "-C", "-t", topic, "-e", "-q", *options)


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
