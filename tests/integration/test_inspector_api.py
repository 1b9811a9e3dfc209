"""The inspector's API on a real Kafka: as its own description says, and right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import settings
from jsonschema import Draft202012Validator
from schemathesis import APIOperation, Case
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.webhook import parse_key
from app.inspector.access.secret import Secret
from app.inspector.api.api import Api, described, operations
from app.inspector.app import Inspector
from app.inspector.inspection import Inspection
from app.inspector.neighbour import Neighbour
from app.inspector.registry import RegistryApi
from app.inspector.view.file import ViewFile
from app.kafka.admin import administration
from app.kafka.connection import Connection
from app.kafka.provision import apply, delete
from app.kafka.topics import Topics, declare
from tests.integration.inspector_data import installation
from tests.integration.inspector_view import PATIENCE_S, wait
from tests.one_kafka import PARTITIONS
from tests.unit.inspector.asking import BEARER, TOKEN
from tests.unit.inspector.test_registry import PUBLISHED
from tests.unit.read.installation import Installation, row_json

EXAMPLES = 12  # of each operation


class Served:
    """An inspector over a Kafka with traffic on it."""

    def __init__(self, hookline: Installation, inspection: Inspection) -> None:
        self.hookline = hookline
        self.inspection = inspection
        self.app = Inspector(
            RegistryApi(PUBLISHED),
            api=Api(inspection, token=True),
            secret=Secret(TOKEN),
        )
        self.client = TestClient(self.app, headers=BEARER)  # pyright: ignore
        self.described: dict[str, Any] = self.client.get("/api/openapi.json").json()

    def get(self, path: str, status: int = 200) -> Any:
        """What is answered, which is as the description has it."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()

    def rows(self) -> list[Any]:
        tables = ("conversations", "calls", "contacts")
        return [one for of in tables for one in self.get(f"/api/{of}?limit=500")["items"]]

    def check(self, path: str) -> None:
        """The schema of the operation that a path is of."""
        operation = next(
            one for one in operations() if one.match(path.partition("?")[0]) is not None
        )
        said = self.described["paths"][operation.path]["get"]["responses"]["200"]["content"]
        schema = {
            **said[operation.media_type]["schema"],
            "components": self.described["components"],
        }
        Draft202012Validator(schema).validate(self.get(path))

    def path(self, key: str, more: str = "") -> str:
        source, kind, id = parse_key(key)
        return f"/api/{kind}s/{quote(source, safe='')}/{quote(id, safe='')}{more}"


@pytest.fixture(scope="module")
def served(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    topics = Topics(f"t{uuid4().hex[:8]}.")
    file = ViewFile(tmp_path_factory.mktemp("inspector") / "view")
    inspection = Inspection(Connection(kafka), topics, PUBLISHED, file, Neighbour("127.0.0.1", 9))
    with administration(Connection(kafka)) as admin:
        apply(admin, declare(topics, partitions=PARTITIONS, replication=1))
        hookline = installation(kafka, topics)
        inspection.follower.start()
        try:
            wait(lambda: inspection.condition.doing == "live")
            yield Served(hookline, inspection)
        finally:
            inspection.follower.stop(PATIENCE_S)
            inspection.logs.close()
            file.close()
            delete(admin, list(topics))


class Late:
    """An application that is there when it is asked."""

    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


late = Late()
openapi = schemathesis.openapi.from_dict(described(PUBLISHED, token=True))
openapi.app = late


def answers_as_described(operation: APIOperation[Any, Any, Any, Any]) -> Callable[..., None]:
    """A test of its own: what schemathesis makes of several operations has one id in pytest, and of
    such tests pytest-xdist runs one.
    """

    @openapi.include(path=operation.path, method=operation.method).parametrize()
    @settings(max_examples=EXAMPLES, deadline=None)
    def holds(case: Case, served: Served) -> None:
        late.app = served.app
        case.call_and_validate(headers=BEARER)

    return holds


for found in openapi.exclude(path="/api/events").get_all_operations():
    one: APIOperation[Any, Any, Any, Any] = found.ok()  # pyright: ignore[reportAttributeAccessIssue]
    words = re.sub(r"\W+", "_", f"{one.method}_{one.path}").strip("_")
    globals()[f"test_{words}_answers_as_described"] = answers_as_described(one)


def test_every_answer_is_as_described(served: Served) -> None:
    """Those of what is there: what was made up above mostly is not."""
    paths: list[str] = ["/api/status", "/api/schemas", "/api/schemas/drift", "/api/rates"]
    for table in ("conversations", "calls", "contacts"):
        items = served.get(f"/api/{table}?limit=500")["items"]
        assert items
        keys = [one["key"] for one in items]
        paths.append(f"/api/{table}?limit=500")
        for key in keys[:3]:
            parts = ("", "/timeline?bodies=true", "/waiting", "/verify")
            paths += [served.path(key, more) for more in parts]
    letters = served.get("/api/dead-letters/letters?closed=true&limit=500")["items"]
    paths += ["/api/dead-letters", "/api/dead-letters/letters?limit=500"]
    paths += [f"/api/dead-letters/letters/{one['raw']}" for one in letters[:3]]
    for path in paths:
        served.check(path)


def test_every_row_is_as_the_worker_wrote_it_and_right(served: Served) -> None:
    rows = row_json()
    for listed in served.rows():
        row = served.get(served.path(listed["key"]))
        assert row == listed
        found = served.hookline.row(listed["kind"], listed["key"])
        assert rows.of(listed["kind"], found).items() <= row.items()
        assert served.get(served.path(listed["key"], "/verify"))["verdict"] == "equal"


def test_a_timeline_leads_to_the_row(served: Served) -> None:
    """As of each webhook's receipt, the row is what its changes have made it."""
    [row] = [
        one for one in served.rows() if one["events"] == max(r["events"] for r in served.rows())
    ]
    timeline = served.get(served.path(row["key"], "/timeline?limit=500"))
    assert timeline["total"] == len(timeline["items"])
    applied = [one for one in timeline["items"] if "duplicate" not in one["badges"]]
    assert len(applied) == row["events"]
    last = timeline["items"][-1]["received_at"]
    then = served.get(served.path(row["key"], f"?at={last}"))
    assert then.items() <= row.items()
    before = served.get(served.path(row["key"], f"?at={timeline['items'][0]['received_at']}"))
    assert before["events"] == 1
    newest = served.get(served.path(row["key"], "/timeline?limit=2"))
    assert newest["items"] == timeline["items"][-2:]
    older = served.get(served.path(row["key"], f"/timeline?limit=2&before={newest['next']}"))
    assert older["items"] == timeline["items"][-4:-2]
    served.get(served.path(row["key"], "?at=2020-01-01T00:00:00Z"), 404)


def test_pages_hold_all_rows_once(served: Served) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = served.get(f"/api/conversations?limit=7{cursor}")
        seen += [one["key"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len({*seen})
    assert {*seen} == {one["key"] for one in served.rows() if one["kind"] == "conversation"}


def test_a_dead_letter_has_its_body(served: Served) -> None:
    letters = served.get("/api/dead-letters/letters?limit=500")["items"]
    for one in letters:
        whole = served.get(f"/api/dead-letters/letters/{one['raw']}")
        partition, offset = map(int, one["raw"].split(":"))
        [raw] = served.hookline.log.fetch(served.hookline.topics.raw, partition, [offset])
        assert whole["body"] == (raw.value or b"").decode(errors="replace")
        assert one.items() <= whole.items()
    served.get("/api/dead-letters/letters/0:999999", 404)


def test_status_says_who_is_behind(served: Served) -> None:
    wait(lambda: served.get("/api/status")["lag"] == 0)
    status = served.get("/api/status")
    assert status["view"]["doing"] == "live"
    assert status["view"]["age_s"] < PATIENCE_S
    assert {one["partition"] for one in status["partitions"]} == set(range(PARTITIONS))
    assert sum(one["end"] for one in status["partitions"]) == sum(
        span.end for span in served.hookline.log.spans(served.hookline.topics.raw).values()
    )
    assert status["dead_letters"]["open"] == sum(status["dead_letters"]["reasons"].values()) > 0
