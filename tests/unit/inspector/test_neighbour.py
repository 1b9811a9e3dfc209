"""What is known of the endpoint where it does not answer."""

from __future__ import annotations

import socket

from app.inspector.neighbour import Neighbour
from tests.ports import free_port


def test_one_that_is_not_there() -> None:
    found = Neighbour("127.0.0.1", free_port()).endpoint()
    assert (found.reachable, found.slow) == (False, False)


def test_one_that_does_not_answer_in_time_is_not_said_to_be_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        found = Neighbour("127.0.0.1", busy.getsockname()[1]).endpoint()
    assert (found.reachable, found.slow) == (False, True)
