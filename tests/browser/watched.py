"""A page in a browser, watched for what it must never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, Route

PATIENCE_MS = 20_000


@dataclass
class Watched:
    """`outside`: requests to anything but the inspector, none of which was let through; `faults`:
    errors of scripts, dialogs, what the content security policy forbade.
    """

    context: BrowserContext
    url: str
    scripts: bool = True
    may_say: Sequence[str] = ()
    outside: list[str] = field(default_factory=list[str])
    faults: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.route(lambda url: not url.startswith(f"{self.url}/"), self._refuse)

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: (self.faults.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.goto(f"{self.url}{path}")
        if self.scripts:
            ready(page)
        return page

    def _hear(self, type: str, text: str) -> None:
        if type == "error" and not any(one in text for one in self.may_say):
            self.faults.append(text)

    def close(self) -> None:
        self.context.close()
        assert not self.outside, "the page asks only the inspector"
        assert not self.faults


def ready(page: Page) -> None:
    """Until its script listens."""
    page.wait_for_selector("html[data-ready]", state="attached")
