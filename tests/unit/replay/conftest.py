"""What is verified."""

from __future__ import annotations

import pytest

from app.simulate.payloads import varda
from tests.unit.read.installation import Installation
from tests.unit.replay.verifying import at


@pytest.fixture
def hookline() -> Installation:
    """A conversation of three webhooks (one twice), a call, an agent, and a broken body."""
    hookline = Installation()
    hookline.receive(varda.conversation("created", 7, at(0)))
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.receive(varda.message(7, 2, at(2), direction="outbound"))
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.receive(varda.call("started", 9, at(3), started_at=at(3)))
    hookline.receive(b"{broken")
    hookline.work()
    return hookline
