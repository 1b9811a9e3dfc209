"""Ports for what is about to be started."""

from __future__ import annotations

import socket

import pytest

from app.errors import UserError
from app.kafka import ports as app_ports
from app.kafka.ports import LOOPBACK, free_port
from tests import ports


@pytest.fixture
def listener() -> socket.socket:
    taken = socket.socket()
    taken.bind((LOOPBACK, ports.free_port()))
    taken.listen()
    return taken


def test_it_is_none_that_a_connection_might_be_given() -> None:
    assert {1_024 < free_port() < 32_768 for _ in range(20)} == {True}


def test_one_that_is_taken_is_passed_over(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = listener.getsockname()[1]
    free = ports.free_port()
    monkeypatch.setattr(app_ports, "_PORTS", [taken, free])
    assert {free_port() for _ in range(20)} == {free}
    monkeypatch.setattr(app_ports, "_PORTS", [taken])
    with pytest.raises(UserError, match=f"No port of 127.0.0.1 from {taken} to {taken} is free"):
        free_port()
    listener.close()
