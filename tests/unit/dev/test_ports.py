"""Ports are looked at before anything starts."""

from __future__ import annotations

import socket

import pytest

from app.dev.ports import LOOPBACK, Wanted, claim
from app.errors import UserError


def wanted(of: str, port: int) -> Wanted:
    return Wanted(of, port, f"--{of}-port", f"HOOKLINE_{of.upper()}_PORT")


def test_every_port_that_is_taken_is_named_with_its_setting() -> None:
    with socket.create_server((LOOPBACK, 0)) as one, socket.create_server((LOOPBACK, 0)) as two:
        ports = [listener.getsockname()[1] for listener in (one, two)]
        with pytest.raises(UserError) as refused:
            claim([wanted("kafka", ports[0]), wanted("worker", 0), wanted("endpoint", ports[1])])
    lines = refused.value.what.splitlines()
    assert lines == [
        f"Port {ports[0]} for kafka is taken (--kafka-port or HOOKLINE_KAFKA_PORT).",
        f"Port {ports[1]} for endpoint is taken (--endpoint-port or HOOKLINE_ENDPOINT_PORT).",
    ]


def test_one_port_for_two_is_refused() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        free = listener.getsockname()[1]
    with pytest.raises(UserError, match=f"Port {free} for worker is given to kafka"):
        claim([wanted("kafka", free), wanted("worker", free)])


def test_zeros_become_different_ports_that_are_free() -> None:
    ports = claim([wanted("kafka", 0), wanted("worker", 0), wanted("endpoint", 0)])
    assert len(set(ports.values())) == 3
    for port in ports.values():
        socket.create_server((LOOPBACK, port)).close()
