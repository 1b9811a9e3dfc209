"""Verifying what a Hookline in memory made."""

from __future__ import annotations

from typing import Any

from app.replay.finding import Finding
from app.replay.verify import Verification
from tests.unit.read.installation import RECEIVED, SECOND, Installation, catalogue

CHAT = "varda/conversation/7"
CALL = "varda/call/9"


def at(seconds: int) -> int:
    return RECEIVED + seconds * SECOND


def verification(hookline: Installation, **options: Any) -> Verification:
    options = {"projected": hookline.projected, **options}
    return Verification(hookline.rows, hookline.topics, catalogue(), **options)


def found(hookline: Installation, **options: Any) -> dict[str, Finding]:
    return {one.key: one for one in verification(hookline, **options).all()}


def fields(finding: Finding) -> list[str]:
    return [difference.field for difference in finding.differences]
