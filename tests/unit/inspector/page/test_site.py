"""The page over ASGI, on a view that a test feeds. No Kafka answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from app.core.conversation import Conversation
from app.core.people import Shown
from app.inspector.api.api import Api
from app.inspector.app import Inspector
from app.inspector.page.raw_log import KafkaRawLog
from app.inspector.page.site import Site
from app.inspector.registry import RegistryApi
from app.inspector.view.cluster import Owner, Standing
from app.inspector.view.writer import Batch
from app.settings import Settings
from tests.unit.inspector.asking import HERE, NOWHERE, TOKEN, Asked
from tests.unit.inspector.test_api import dead
from tests.unit.inspector.test_registry import PUBLISHED

AS_A_BROWSER = {"accept": "text/html"}
KEY = "eu/conversation/a/b c"
SCREENS = ("/", "/conversations", "/calls", "/contacts", "/search?q=x", "/dead-letters")


def with_page(asked: Asked) -> Asked:
    inspection = asked.inspection
    raw_log = KafkaRawLog(Settings(bootstrap=NOWHERE), PUBLISHED, inspection.logs)
    asked.app = Inspector(
        RegistryApi(PUBLISHED),
        api=Api(inspection, token=asked.secret.is_asked),
        page=Site(inspection, raw_log).routes(),
        secret=asked.secret,
    )
    return asked


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    """Kafka is away, and the view knows it."""
    one = with_page(Asked(tmp_path))
    gauge = one.inspection.follower.gauge
    gauge.told(Standing(at=0, ends={}, raw_ends={0: 1}, committed={0: 1}))
    one.inspection.follower.watch.owners = {0: Owner("worker", "127.0.0.1")}
    gauge.did("away", "no answer")
    who = Shown(id="7", name="Anna <b>Berg</b>", email=None, phone="+447946000123", handle=None)
    row = Conversation(
        source="eu", vendor="voxsig", partition=0, conversation_id="b", phase="active", contact=who
    )
    one.fed.put(("conversation", KEY, row))
    yield one
    one.close()


@pytest.fixture
async def browser(asked: Asked) -> AsyncIterator[httpx.AsyncClient]:
    async with asked.client() as client:
        client.headers = AS_A_BROWSER
        yield client


@pytest.mark.parametrize("path", SCREENS)
async def test_every_screen_comes_and_says_that_kafka_is_away(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Kafka does not answer" in answer.text
    assert "what waits is not known" in answer.text
    assert "up to date" not in answer.text


async def test_a_row_is_shown_without_kafka_and_why_its_webhooks_are_not(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/conversations/eu/a/b%20c")
    assert answer.status_code == 200
    assert "Anna &lt;b&gt;Berg&lt;/b&gt;" in answer.text
    assert "<b>Berg" not in answer.text
    assert "no webhook can be shown" in answer.text
    then = await browser.get("/conversations/eu/a/b%20c?at=2026-01-01T00:00:00Z")
    assert "cannot be known now" in then.text


async def test_a_key_and_a_receipt_lead_to_the_row(browser: httpx.AsyncClient) -> None:
    for q in (KEY, f'{{"id": "1", "key": "{KEY}", "spooled": true}}'):
        answer = await browser.get("/search", params={"q": q})
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/conversations/eu/a/b%20c",
        )


@pytest.mark.parametrize("id", [".", "..", "a/../b", "a//b", "%2e%2e", "?id=.."])
async def test_a_row_of_any_id_is_reached_by_its_link(
    asked: Asked, browser: httpx.AsyncClient, id: str
) -> None:
    key = f"eu/conversation/{id}"
    row = Conversation(
        source="eu", vendor="voxsig", partition=0, conversation_id=id, phase="active"
    )
    asked.fed.put(("conversation", key, row))
    where = (await browser.get("/search", params={"q": key})).headers["location"]
    assert unquote(where.partition("?")[0]).split("/")[-1] not in (".", "..")
    page = await browser.get(where)
    assert page.status_code == 200
    assert f'<code id="key">{key}</code>' in page.text
    [json] = re.findall(r'href="(/api/[^"]+)"', page.text)
    assert unquote(json.partition("?")[0]).split("/")[-1] not in (".", "..")
    assert key in [one["key"] for one in _rows((await browser.get(unescape(json))).json())]


def _rows(answer: Any) -> list[Any]:
    return answer.get("items", [answer])


async def test_a_source_without_an_id_leads_to_its_list(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/conversations/eu")
    assert (answer.status_code, answer.headers["location"]) == (303, "/conversations?source=eu")


async def test_a_cause_whose_letters_were_all_redriven_asks_for_nothing(
    asked: Asked, browser: httpx.AsyncClient
) -> None:
    asked.fed.writer.write(Batch(letters=[dead("0:1", KEY), dead("0:2", KEY)]))
    path = "/dead-letters/print%20of%20no_key"
    assert "the id has moved" in (await browser.get(path)).text
    asked.fed.writer.write(Batch(letters=[dead("0:2", KEY, "redriven", "0:9")]))
    assert "the id has moved" in (await browser.get(path)).text, "one is still open"
    asked.fed.writer.write(Batch(letters=[dead("0:1", KEY, "redriven", "0:8")]))
    page = (await browser.get(path)).text
    assert "It was redriven: nothing." in page
    assert "the id has moved" not in page


async def test_an_event_id_that_nothing_is_found_by_says_what_finds_it(
    asked: Asked, browser: httpx.AsyncClient
) -> None:
    id = "721FE18C372c9928d1f238c90ed28066"
    answer = await browser.get("/search", params={"q": id})
    assert f"<code>hookline receipt {id.lower()}</code>" in answer.text
    assert "the whole receipt" in answer.text
    assert "hookline receipt" not in (await browser.get("/search?q=nobody")).text


async def test_a_browser_asks_the_registrys_path_for_the_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/schemas")
    assert (answer.status_code, answer.headers["location"]) == (303, "/event-schemas")


async def test_a_number_finds_its_row_in_the_search_of_everything(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/search", params={"q": "07946 000 123"})
    assert 'href="/conversations/eu/a/b%20c"' in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/conversations/eu/none", 404),
        ("/dead-letters/0123456789abcdef", 404),
        ("/event-schemas/state/conversation", 404),
        ("/records/nonsense", 404),
        ("/conversations?cursor=nonsense", 400),
        ("/conversations/eu/a/b%20c?before=abc", 400),
        ("/conversations/eu/a/b%20c?part=hooks&before=-1", 400),
        ("/static/nothing.css", 404),
        ("/static/../site.py", 404),
        ("/nowhere", 404),
    ],
)
async def test_what_is_not_there_is_said(
    browser: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await browser.get(path)).status_code == status


@pytest.mark.parametrize("at", ["abc", "9:9", "2:99999"])
async def test_a_moment_that_is_none_is_said_beside_the_row_as_it_is(
    browser: httpx.AsyncClient, at: str
) -> None:
    answer = await browser.get("/conversations/eu/a/b%20c", params={"at": at})
    assert answer.status_code == 200
    assert f"<code>{at}</code>, which is no time" in answer.text
    assert "the row as it is now" in answer.text
    assert (f'href="/records/{at}"' in answer.text) == (":" in at)


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ("silent_for=abc", "silent_for=abc"),
        ("limit=abc&q=Anna", "limit=abc"),
        ("silent=7m", "silent=7m"),
        ("late=maybe", "late=maybe"),
        ("late=1&silent=5m&phase=active&cursor=1-1", ""),
    ],
)
async def test_a_list_says_what_of_its_address_it_does_not_know(
    browser: httpx.AsyncClient, asked_for: str, said: str
) -> None:
    answer = await browser.get(f"/conversations?{asked_for}")
    assert answer.status_code == 200
    assert ("which is not understood" in answer.text) == bool(said)
    assert not said or f"<code>{said}</code>" in answer.text
    assert "<option selected>7m" not in answer.text


@pytest.mark.parametrize(
    ("path", "type", "words"),
    [
        ("/conversations", "text/html; charset=utf-8", "could not answer"),
        ("/api/conversations", "application/problem+json", '"status":500'),
    ],
)
async def test_a_fault_is_told_in_the_form_of_who_asks(
    asked: Asked, browser: httpx.AsyncClient, path: str, type: str, words: str
) -> None:
    del asked.inspection.view
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (500, type)
    assert words in answer.text
    assert "error_code" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_view_in_the_making_is_said_on_every_screen(
    asked: Asked, browser: httpx.AsyncClient
) -> None:
    asked.fed.close()
    asked.fed.file.path.unlink()
    for path in SCREENS:
        answer = await browser.get(path)
        assert (path, answer.status_code) == (path, 503)
        assert "The view is being built" in answer.text
    asked.fed.open()


async def test_its_files_are_kept_by_browsers_under_their_address(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/conversations")
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(links) >= 4
    for link in links:
        answer = await browser.get(link)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


async def test_a_form_must_bring_back_the_word_of_its_session(tmp_path: Path) -> None:
    asked = with_page(Asked(tmp_path, TOKEN))
    path = "/dead-letters/0123456789abcdef/redrive"
    async with asked.client(HERE) as client:
        assert (await client.post(path)).status_code == 401
        await client.post("/login", data={"token": TOKEN})
        for given in ({}, {"csrf": ""}, {"csrf": "0" * 64}):
            assert (await client.post(path, data=given)).status_code == 403
    asked.close()


async def test_the_registry_keeps_its_root_for_who_is_no_browser(asked: Asked) -> None:
    async with asked.client() as client:
        answer = await client.get("/")
    assert answer.json() == {}
