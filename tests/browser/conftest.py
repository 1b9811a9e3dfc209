"""Chromium of the system, and one `hookline dev` for all tests of the page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.running import Running
from tests.browser.watched import PATIENCE_MS, Watched

_NAMES = ("chromium", "chromium-browser", "google-chrome")
Open = Callable[..., Page]


expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    # For these tests alone: while playwright is there, no other can run an event loop.
    # Its own sandbox is not for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def hookline(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """With the traffic of a contact centre. (Without a browser it is not even started.)"""
    folder: Path = tmp_path_factory.mktemp("page")
    running = Running(folder)
    try:
        running.simulate(200)
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)  # Kafka's data is large


@pytest.fixture
def visit(browser: Browser, hookline: Running) -> Iterator[Open]:
    """Opens a path of the inspector in a browser of its own, with playwright's options of a
    context. Every one of them is watched: see Watched. `said`: what its console may say.
    """
    watched: list[Watched] = []

    def open(path: str, said: Sequence[str] = (), **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        scripts = bool(options.get("java_script_enabled", True))
        watched.append(Watched(context, hookline.url, scripts, said))
        return watched[-1].open(path)

    yield open
    for one in watched:
        one.close()
