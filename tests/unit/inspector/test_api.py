"""What the API answers from the view alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from app.inspector.view.writer import Batch
from app.kafka.record import Record
from app.read.dead_letters import Letter, letter
from app.read.drift import Drift
from app.read.drift_json import drift_json
from tests.unit.inspector.asking import Asked
from tests.unit.inspector.view.rows import MINUTE, NOON, call, conversation, person

EU = "eu/conversation/2"
KEY = "varda/conversation/1/2 %?#ü"


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    one = Asked(tmp_path)
    one.fed.put(
        (
            "conversation",
            KEY,
            conversation("1", said="hello", contact=person("c", name="Grace Nakamura")),
        ),
        (
            "conversation",
            "eu/conversation/2",
            conversation("2", NOON - MINUTE, source="eu", late=1),
        ),
        ("call", "voiso/call/3", call("3", from_number="+44 7987 000126")),
    )
    yield one
    one.close()


@pytest.fixture
async def client(asked: Asked) -> AsyncIterator[httpx.AsyncClient]:
    async with asked.client() as client:
        yield client


def dead(raw: str, key: str, reason: str = "no_key", copy: str = "") -> tuple[Letter, int]:
    partition, offset = raw.split(":")
    headers = {
        "ce_id": f"id of {raw}",
        "ce_source": key.partition("/")[0],
        "ce_type": "varda.call.started",
        "ce_time": "2026-06-01T12:00:00Z",
        "hookline_reason": reason,
        "hookline_fingerprint": f"print of {reason}",
        "hookline_raw": raw,
    } | ({"hookline_copy": copy} if copy else {})
    pairs = [(name, value.encode()) for name, value in headers.items()]
    record = Record("webhooks.dead", int(partition), int(offset), key.encode(), b"{}", pairs, 0)
    return letter(record), NOON


async def test_a_list_is_a_page_of_rows(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/conversations")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.json()
    assert shown["next"] is None
    one, other = shown["items"]
    assert (one["key"], one["kind"], one["phase"]) == (KEY, "conversation", "active")
    assert one["updated_at"] == "2026-06-01T12:00:00.000000Z"
    assert one["written_at"] == "1970-01-01T00:00:01.000000Z"
    assert (one["dead_letters"], other["late"]) == (0, 1)
    assert not {"ledger", "fold"} & one.keys()


async def test_pages_follow_each_other(client: httpx.AsyncClient) -> None:
    first = (await client.get("/api/conversations?limit=1")).json()
    rest = (await client.get(f"/api/conversations?limit=1&cursor={first['next']}")).json()
    assert [one["key"] for one in first["items"] + rest["items"]] == [KEY, EU]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("asks", "ids"),
    [
        ("conversations?q=nakamura", ["1"]),
        ("conversations?q=grace+hello&phase=ACTIVE&source=varda&vendor=varda", ["1"]),
        ("conversations?late=true", ["2"]),
        ("conversations?duplicates=1", []),
        ("conversations?silent_for=1s", ["1", "2"]),
        ("conversations?phase=&source=&q=", ["1", "2"]),
        ("conversations?q=%00", []),
        ("conversations?q=%CC%81", []),
        ("conversations?q=eu/conversation/%00", []),
        ("conversations?q=+", ["1", "2"]),
        ("calls?q=07987000126", ["3"]),
        ("contacts", []),
    ],
)
async def test_filters(client: httpx.AsyncClient, asks: str, ids: list[str]) -> None:
    items = (await client.get(f"/api/{asks}")).json()["items"]
    assert [one.get("conversation_id", one.get("call_id")) for one in items] == ids


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        ("conversations?phasen=active", "There are: q, phase, source"),
        ("conversations?limit=0", ">= 1"),
        ("conversations?limit=501", "<= 500"),
        ("conversations?limit=", "int"),
        ("conversations?late=maybe", "bool"),
        ("conversations?limit=1&limit=2", "twice"),
        ("conversations?cursor=nonsense", "$.cursor"),
        ("conversations?silent_for=30", "regex"),
        ("contacts?channel=email", "no parameter 'channel'"),
        ("dead-letters/letters?cursor=nonsense", "$.cursor"),
        ("calls/voiso/3?at=yesterday", "at: 'yesterday' is not a time. Give it as ISO 8601."),
        ("calls/voiso/3?at=2026-11-30T11:50:00+00:00", "write it as %2B"),
        ("calls/voiso/3?at=2026-11-30T11:50+0530", "write it as %2B"),
    ],
)
async def test_what_is_asked_wrongly(client: httpx.AsyncClient, asks: str, words: str) -> None:
    answer = await client.get(f"/api/{asks}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code == 400
    assert words in answer.json()["detail"]


async def test_one_row_by_its_percent_encoded_id(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/conversations/varda/{quote('1/2 %?#ü', safe='')}")
    assert answer.json()["key"] == KEY
    whole = await client.get(f"/api/conversations/varda/{quote('1/2 %?#ü', safe='')}?internals=1")
    assert whole.json()["ledger"] == []


async def test_a_row_that_may_yet_come_is_not_said_to_be_missing(
    client: httpx.AsyncClient, asked: Asked
) -> None:
    there_may_be = await client.get("/api/calls/voiso/nobody")
    assert there_may_be.status_code == 503
    assert there_may_be.headers["retry-after"]
    asked.inspection.follower.gauge.did("live")
    there_is_none = await client.get("/api/calls/voiso/nobody")
    assert there_is_none.status_code == 404
    assert "voiso/call/nobody" in there_is_none.json()["detail"]


@pytest.mark.parametrize("what", ["timeline", "verify"])
async def test_what_needs_kafka_says_that_it_is_away(
    client: httpx.AsyncClient, asked: Asked, what: str
) -> None:
    asked.inspection.follower.gauge.silent("it does not answer")
    answer = await client.get(f"/api/calls/voiso/3/{what}")
    assert answer.status_code == 503
    assert "Kafka" in answer.json()["detail"]


async def test_dead_letters_by_cause_one_by_one_and_on_their_rows(
    client: httpx.AsyncClient, asked: Asked
) -> None:
    letters = [dead("0:1", KEY), dead("0:2", KEY), dead("0:3", "varda/unknown/x", "not_json")]
    asked.fed.writer.write(Batch(letters=letters))
    groups = (await client.get("/api/dead-letters")).json()["items"]
    assert {one["fingerprint"]: (one["count"], one["conversations"]) for one in groups} == {
        "print of no_key": (2, 1),
        "print of not_json": (1, 0),
    }
    page = "/api/dead-letters/letters?limit=1&fingerprint=print+of+no_key"
    one = (await client.get(page)).json()
    other = (await client.get(f"{page}&cursor={one['next']}")).json()
    assert {each["raw"] for each in one["items"] + other["items"]} == {"0:1", "0:2"}
    assert other["next"] is None
    [row] = (await client.get("/api/conversations?dead_letters=true")).json()["items"]
    assert (row["key"], row["dead_letters"]) == (KEY, 2)


async def test_letters_that_were_redriven_are_closed(
    client: httpx.AsyncClient, asked: Asked
) -> None:
    asked.fed.writer.write(Batch(letters=[dead("0:1", KEY), dead("0:2", KEY)]))
    asked.fed.writer.write(Batch(letters=[dead("0:1", KEY, "redriven", "0:9")]))
    still = (await client.get("/api/dead-letters/letters")).json()["items"]
    assert [one["raw"] for one in still] == ["0:2"]
    every = (await client.get("/api/dead-letters/letters?closed=true")).json()["items"]
    assert {one["raw"]: (one["open"], one["reason"]) for one in every} == {
        "0:1": (False, "no_key"),
        "0:2": (True, "no_key"),
    }
    [group] = (await client.get("/api/dead-letters")).json()["items"]
    assert (group["count"], group["redriven"]) == (1, 1)
    asked.fed.writer.write(Batch(letters=[dead("0:2", KEY, "redriven", "0:9")]))
    assert (await client.get("/api/conversations?dead_letters=true")).json()["items"] == []
    [group] = (await client.get("/api/dead-letters")).json()["items"]
    assert (group["count"], group["redriven"]) == (0, 2)


async def test_letters_expire_with_their_topic(client: httpx.AsyncClient, asked: Asked) -> None:
    asked.fed.writer.write(Batch(letters=[dead("0:1", KEY), dead("0:2", KEY)]))
    asked.fed.writer.write(Batch(first={0: 3}))
    assert (await client.get("/api/dead-letters")).json()["items"] == []
    assert (await client.get("/api/conversations?dead_letters=true")).json()["items"] == []


async def test_status_without_kafka(client: httpx.AsyncClient) -> None:
    shown = (await client.get("/api/status")).json()
    assert shown["view"]["doing"] == "starting"
    assert (shown["topic_prefix"], shown["bootstrap"]) == ("", "127.0.0.1:9")
    assert (shown["partitions"], shown["lag"], shown["rates"]) == ([], None, None)
    assert sum(one["rows"] for one in shown["rows"]) == 3
    assert shown["endpoint"]["reachable"] is False


async def test_schemas_and_their_ids(client: httpx.AsyncClient) -> None:
    items = (await client.get("/api/schemas")).json()["items"]
    names = {(one["group"], one["name"]): one for one in items}
    created = names["voxsig", "message_created"]
    assert [one["version"] for one in created["versions"]] == [1, 2]
    assert names["state", "call"]["compatibility"] == "FULL_TRANSITIVE"


async def test_drift_is_told_as_the_command_line_tells_it(client: httpx.AsyncClient) -> None:
    described = (await client.get("/api/openapi.json")).json()["paths"]["/api/schemas/drift"]
    answer = described["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    told = drift_json(Drift("varda", "call.ended", "a.b", 1, ["number"], 0, 0, "1"))
    assert answer["properties"]["items"]["items"]["properties"].keys() == told.keys()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_it_only_reads(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/api/conversations")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/calls/voiso"])
async def test_what_is_not_there_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_head_has_no_body(client: httpx.AsyncClient) -> None:
    answer = await client.head("/api/conversations")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0


async def test_its_metrics_tell_of_the_view(client: httpx.AsyncClient) -> None:
    page = (await client.get("/metrics")).text
    assert 'hookline_inspector_view_rows{table="conversations"} 2.0' in page
    assert "hookline_inspector_view_live 0.0" in page
    assert 'requests_total{route="/api/calls/{source}/{id}"' not in page
    await client.get("/api/calls/voiso/3")
    page = (await client.get("/metrics")).text
    assert 'requests_total{route="/api/calls/{source}/{id}",status="200"} 1.0' in page
