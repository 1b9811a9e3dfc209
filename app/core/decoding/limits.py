"""How much of a body an event holds at most, so that no event outgrows its topic.

A body of usual size is kept whole: it cannot make an event beyond a few times its own size. In a
larger one every text, list and map is cut to a fixed length, chosen without regard to anything
but the body itself; the raw record always has all of it. A body of 1 MiB makes an event of less
than 2 MiB.
"""

from __future__ import annotations

from typing import NamedTuple

WHOLE_BODY_BYTES = 65_536
DEPTH = 256  # of arrays and objects in one another, in a body
OPAQUE_DEPTH = 224  # what the fast path takes of that in one opaque value


class Limits(NamedTuple):
    """Texts and names in characters, lists and maps in items; `extra` counts unknown fields."""

    text: int
    opaque: int
    name: int
    items: int
    extra: int
    extra_text: int

    def opaque_text(self, text: str) -> str:
        """JSON text, or a JSON string that says how much of it there was."""
        return text if len(text) <= self.opaque else _cut(text)

    def kept_extra(self, extra: dict[str, str]) -> dict[str, str]:
        """The first unknown fields by name. `*` counts the others."""
        names = [name for name in sorted(extra) if len(name) <= self.name][: self.extra]
        kept = {name: self._extra_text(extra[name]) for name in names}
        if len(kept) < len(extra):
            kept["*"] = str(len(extra) - len(kept))
        return kept

    def _extra_text(self, text: str) -> str:
        return text if len(text) <= self.extra_text else _cut(text)


def _cut(text: str) -> str:
    return f'"(cut: {len(text)} characters)"'


NO_LIMITS = Limits(*[1 << 40] * 6)
LARGE_BODY = Limits(text=8_192, opaque=16_384, name=256, items=256, extra=64, extra_text=1_024)


def limits_for(body: bytes) -> Limits:
    """The limits that a body's event is held to."""
    return NO_LIMITS if len(body) <= WHOLE_BODY_BYTES else LARGE_BODY


def may_be_deep(body: bytes) -> bool:
    """False where a body cannot hold more than DEPTH arrays and objects in one another."""
    return len(body) > 2 * DEPTH and body.count(b"{") + body.count(b"[") > DEPTH
