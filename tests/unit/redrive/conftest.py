"""What is redriven."""

from __future__ import annotations

import pytest

from app.simulate.payloads import varda
from app.simulate.webhook import Webhook
from tests.unit.read.installation import Installation, catalogue
from tests.unit.redrive.broken import BrokenCatalogue, traffic
from tests.unit.redrive.redriving import at


@pytest.fixture(scope="module")
def webhooks() -> list[Webhook]:
    return traffic(400)


@pytest.fixture
def hookline() -> Installation:
    """Two messages of a conversation that died, and one that did not; a body that is broken."""
    hookline = Installation()
    hookline.catalogue = BrokenCatalogue()
    hookline.receive(varda.message(7, 1, at(1)))
    hookline.receive(varda.conversation("created", 7, at(0)))
    hookline.receive(varda.message(7, 2, at(2), direction="outbound"))
    hookline.receive(b"{broken")
    hookline.work()
    hookline.catalogue = catalogue()
    return hookline
