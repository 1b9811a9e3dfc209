"""One screen, or a part of one: what is asked, and what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.inspector.page.histories import Histories
from app.inspector.page.port import Inspected, RawLog
from app.inspector.page.query import Query


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request: `params` are the parts of its path that vary, `now` microseconds, `csrf` what a
    form that writes must bring back.
    """

    inspected: Inspected
    raw_log: RawLog
    histories: Histories
    query: Query
    path: str
    params: Mapping[str, str]
    now: int
    csrf: str = ""
    signed_in: bool = False


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """`here` is the tab; without one it is a part, which has no frame."""

    template: str
    context: Mapping[str, Any]
    here: str | None = None
    status: int = 200
    q: str = ""


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """A body as it was received, to be kept as a file."""

    body: bytes
    name: str


class Elsewhere(msgspec.Struct, frozen=True):
    """Where to go instead."""

    url: str


Answer = Screen | Raw | Elsewhere


def nothing(heading: str, words: str, status: int, **context: object) -> Screen:
    """A screen that says why there is nothing to see."""
    shown = {"heading": heading, "words": words, **context}
    return Screen(template="nothing.html", context=shown, here="", status=status)


def not_found(what: str, words: str, here: str, **context: object) -> Screen:
    shown = {"heading": what, "words": words, **context}
    return Screen(template="nothing.html", context=shown, here=here, status=404)
