"""An inspector whose view a test feeds, asked over ASGI. No Kafka answers it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx

from app.inspector.access.secret import Secret
from app.inspector.api.api import Api
from app.inspector.app import Inspector
from app.inspector.inspection import Inspection
from app.inspector.metrics import Metrics
from app.inspector.neighbour import Neighbour
from app.inspector.registry import RegistryApi
from app.kafka.connection import Connection
from app.kafka.topics import Topics
from tests.unit.inspector.test_registry import PUBLISHED
from tests.unit.inspector.view.feeding import FedView

NOWHERE = "127.0.0.1:9"  # nothing listens there
TOKEN = "a token of some length"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HERE = "http://127.0.0.1:8082"


class Asked:
    """`fed` is its view."""

    def __init__(self, folder: Path, token: str | None = None) -> None:
        self.fed = FedView(folder)
        self.inspection = Inspection(
            Connection(NOWHERE), Topics(), PUBLISHED, self.fed.file, Neighbour("127.0.0.1", 9)
        )
        self.secret = Secret(token)
        self.app = Inspector(
            RegistryApi(PUBLISHED),
            Metrics(self.inspection),
            api=Api(self.inspection, token=self.secret.is_asked),
            secret=self.secret,
        )

    def client(self, base: str = HERE) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.app)  # pyright: ignore[reportArgumentType]
        return httpx.AsyncClient(transport=transport, base_url=base)

    def close(self) -> None:
        self.fed.close()
