"""A secret is rotated while the endpoint runs."""

from __future__ import annotations

import io
from pathlib import Path

from app.core.vendors import VENDORS
from app.core.vendors.contract import Source
from app.endpoint.reload import Reload
from app.log import configure_logging
from app.sources import load_sources
from tests.unit.endpoint.asgi import Bench, call_ended, signed

BODY = call_ended()
FILE = '[[source]]\nname = "shop"\nvendor = "varda"\nsecrets = ["file:new", "file:old"]\n'


async def status(bench: Bench, secret: bytes, path: str = "/webhooks/shop") -> int:
    return (await bench.post(path, BODY, signed(BODY, secret=secret))).status


async def test_a_secret_is_rotated_in_two_steps_and_none_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "hookline.toml"
    config.write_text(FILE)
    (tmp_path / "old").write_text("old-secret-of-shop")
    (tmp_path / "new").write_text("old-secret-of-shop")
    bench = Bench()
    reload = Reload(bench.endpoint, lambda: load_sources(config, VENDORS))
    reload()
    assert await status(bench, b"old-secret-of-shop") == 200
    assert await status(bench, b"new-secret-of-shop") == 401
    (tmp_path / "new").write_text("new-secret-of-shop")
    reload()
    assert await status(bench, b"old-secret-of-shop") == 200
    assert await status(bench, b"new-secret-of-shop") == 200
    config.write_text(FILE.replace(', "file:old"', ""))
    reload()
    assert await status(bench, b"old-secret-of-shop") == 401
    assert await status(bench, b"new-secret-of-shop") == 200
    assert bench.count("hookline_endpoint_reloads_total", outcome="done") == 3


async def test_a_bad_file_keeps_the_old_sources_and_says_so(tmp_path: Path) -> None:
    config = tmp_path / "hookline.toml"
    (tmp_path / "old").write_text("old-secret-of-shop")
    (tmp_path / "new").write_text("new-secret-of-shop")
    bench = Bench()
    reload = Reload(bench.endpoint, lambda: load_sources(config, VENDORS))
    config.write_text(FILE)
    reload()
    written = io.StringIO()
    configure_logging("endpoint", stream=written)
    for bad in ("[[source", FILE.replace("varda", "varta"), FILE.replace("file:new", "file:none")):
        config.write_text(bad)
        reload()
    config.unlink()
    reload()
    assert await status(bench, b"new-secret-of-shop") == 200
    assert bench.count("hookline_endpoint_reloads_total", outcome="refused") == 4
    said = written.getvalue()
    assert said.count("the sources stay as they were") == 4
    assert "expected one of convocore, varda, voiso, voxsig" in said
    assert "secret-of-shop" not in said


async def test_a_source_that_is_gone_is_404_and_a_new_one_is_there() -> None:
    bench = Bench()
    Reload(bench.endpoint, lambda: (Source(name="new", vendor="varda", secrets=(b"12345678",)),))()
    assert await status(bench, b"12345678") == 404
    assert await status(bench, b"12345678", "/webhooks/new") == 200
