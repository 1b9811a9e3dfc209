"""Who is let in, and what browsers are told."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.errors import UserError
from app.inspector.access import login
from app.inspector.access.secret import SESSION_S, Secret
from app.inspector.app import Inspector
from app.inspector.registry import RegistryApi
from app.inspector.server import run_inspector
from app.settings import Settings
from tests.unit.inspector.asking import BEARER, HERE, TOKEN, Asked
from tests.unit.inspector.test_registry import PUBLISHED

OPEN = ("/livez", "/readyz", "/metrics", "/subjects", "/schemas/types", "/api/openapi.json")
OUTSIDE = "https://hookline.example"


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[Asked]:
    one = Asked(tmp_path)
    yield one
    one.close()


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Asked]:
    one = Asked(tmp_path, TOKEN)
    yield one
    one.close()


@pytest.fixture
async def guarded(outside: Asked) -> AsyncIterator[httpx.AsyncClient]:
    async with outside.client(OUTSIDE) as client:
        yield client


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8082", "localhost:1", "[::1]:8082", "LOCALHOST", "127.1.2.3"]
)
async def test_on_loopback_nobody_needs_a_token(loopback: Asked, host: str) -> None:
    async with loopback.client() as client:
        assert (await client.get("/api/status", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8082", "127.0.0.1.evil.example", "192.0.2.1", "", "[", "::1"],
)
@pytest.mark.parametrize("path", ["/api/status", "/", "/subjects", "/metrics"])
async def test_on_loopback_a_name_that_was_bound_to_it_is_refused(
    loopback: Asked, host: str, path: str
) -> None:
    """DNS rebinding: a website whose name now stands for 127.0.0.1."""
    async with loopback.client() as client:
        answer = await client.get(path, headers={"host": host})
    assert answer.status_code == 421
    assert "HOOKLINE_TOKEN" in answer.json()["detail"]


@pytest.mark.parametrize("path", OPEN)
async def test_what_tells_of_no_person_is_open(guarded: httpx.AsyncClient, path: str) -> None:
    assert (await guarded.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/api/status", "/api/nothing", "/conversations", "/nothing"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": f"Basic {TOKEN}"},
        {"cookie": f"{login.COOKIE}={TOKEN}"},
        {"cookie": f"{login.COOKIE}=9999999999.nonce.00"},
    ],
)
async def test_without_the_token_nothing_else_is(
    guarded: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await guarded.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert TOKEN not in answer.text


async def test_with_it_everything_is(guarded: httpx.AsyncClient) -> None:
    assert (await guarded.get("/api/status", headers=BEARER)).status_code == 200


async def test_a_browser_is_asked_for_it_and_gets_a_session(guarded: httpx.AsyncClient) -> None:
    html = {"accept": "text/html,*/*"}
    sent = await guarded.get("/conversations?q=a%20b&phase=x", headers=html)
    assert sent.status_code == 303
    form = await guarded.get(sent.headers["location"])
    assert 'type="password"' in form.text
    [action] = re.findall('action="([^"]+)"', form.text)
    done = await guarded.post(action, data={"token": TOKEN})
    assert (done.status_code, done.headers["location"]) == (303, "/conversations?q=a%20b&phase=x")
    cookie = done.headers["set-cookie"].lower()
    assert TOKEN not in cookie
    for flag in ("httponly", "samesite=strict", "secure", "path=/", f"max-age={SESSION_S}"):
        assert flag in cookie
    assert (await guarded.get("/api/status")).status_code == 200
    left = await guarded.get("/logout")
    assert left.headers["location"] == "/login"
    assert (await guarded.get("/api/status")).status_code == 401


async def test_the_cookie_of_plain_http_is_not_marked_secure(outside: Asked) -> None:
    """It would never come back."""
    async with outside.client("http://hookline.example") as client:
        done = await client.post("/login", data={"token": TOKEN})
        assert "secure" not in done.headers["set-cookie"].lower()
        behind = {"x-forwarded-proto": "https"}
        done = await client.post("/login", data={"token": TOKEN}, headers=behind)
        assert "secure" in done.headers["set-cookie"].lower()


@pytest.mark.parametrize("token", ["", "wrong", TOKEN.upper(), "ü" * 20])
async def test_a_wrong_token_gives_no_session(guarded: httpx.AsyncClient, token: str) -> None:
    answer = await guarded.post("/login", data={"token": token})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_a_form_of_any_size_is_not_read(guarded: httpx.AsyncClient) -> None:
    answer = await guarded.post("/login", data={"token": "x" * 100_000})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "onward", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\n/evil"]
)
async def test_it_sends_nobody_elsewhere(guarded: httpx.AsyncClient, onward: str) -> None:
    done = await guarded.post("/login", params={"next": onward}, data={"token": TOKEN})
    assert done.headers["location"] == "/"


async def test_what_is_in_the_address_is_text(guarded: httpx.AsyncClient) -> None:
    form = await guarded.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>" not in form.text


async def test_another_sites_page_cannot_write(loopback: Asked, outside: Asked) -> None:
    for one, base in ((loopback, HERE), (outside, OUTSIDE)):
        async with one.client(base) as client:
            for headers in (
                {"sec-fetch-site": "cross-site"},
                {"sec-fetch-site": "same-site"},
                {"origin": "https://evil.example"},
                {"origin": "null"},
            ):
                answer = await client.post("/login", headers=headers, data={"token": TOKEN})
                assert answer.status_code == 403, headers
            for headers in ({"sec-fetch-site": "same-origin"}, {"origin": base}, {}):
                answer = await client.post("/login", headers=headers, data={"token": TOKEN})
                assert answer.status_code != 403, headers


@pytest.mark.parametrize("path", ["/api/status", "/livez", "/subjects", "/api/nothing", "/nothing"])
async def test_every_answer_tells_browsers_what_they_may(loopback: Asked, path: str) -> None:
    async with loopback.client() as client:
        headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


async def test_forms_bring_back_a_word_of_their_session() -> None:
    secret = Secret(TOKEN)

    async def shows(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.state.csrf)

    app = Inspector(RegistryApi(PUBLISHED), page=[Route("/form", shows)], secret=secret)
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
    words: list[str] = []
    for _ in range(2):
        session = secret.new_session()
        cookies = {login.COOKIE: session}
        async with httpx.AsyncClient(
            transport=transport, base_url=OUTSIDE, cookies=cookies
        ) as client:
            words.append((await client.get("/form")).text)
        assert secret.is_form_word(session, words[-1])
        assert not secret.is_form_word(session, words[-1][:-1])
    assert words[0] != words[1]
    assert not Secret("another token, as long").is_form_word(session, words[1])


def test_a_session_ends_and_belongs_to_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret(TOKEN)
    session = secret.new_session()
    assert secret.is_session(session)
    assert not Secret("another token, as long").is_session(session)
    assert not Secret(None).is_session(session)
    until, _, rest = session.partition(".")
    assert not secret.is_session(f"{int(until) + 1}.{rest}")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_S + 1)
    assert not secret.is_session(session)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_it_does_not_start_open_to_everybody(host: str, tmp_path: Path) -> None:
    settings = Settings(inspector_host=host, inspector_port=0, data_dir=tmp_path)  # pyright: ignore
    with pytest.raises(UserError, match="HOOKLINE_TOKEN"):
        run_inspector(settings)


@pytest.mark.parametrize("token", ["short", " leading and long enough", "a control\tcharacter"])
def test_it_does_not_start_with_a_poor_token(token: str, tmp_path: Path) -> None:
    settings = Settings(inspector_port=0, data_dir=tmp_path, token=token)  # pyright: ignore
    with pytest.raises(UserError) as told:
        run_inspector(settings)
    assert "openssl" in str(told.value)
    assert token not in str(told.value)
