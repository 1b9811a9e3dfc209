"""JSON laid out and coloured, on the server: what a vendor sent is never more than text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff

import msgspec
from markupsafe import Markup, escape

_AROUND = 4  # lines
MOST = 100_000  # characters coloured; what follows is left to the download

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>\b(?:true|false|null)\b)"
)
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_UNSEEN = re.compile("[\u200b-\u200f\u2060-\u2065\ufeff]")


def pretty(value: object) -> Markup:
    """Of a value that JSON can say."""
    return coloured(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def pretty_body(body: bytes) -> Markup:
    """Of a body as received; one that is no JSON stays as it is."""
    try:
        text = msgspec.json.format(body, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return escape(visible(body.decode(errors="replace")[:MOST]))
    return coloured(text)


def coloured(text: str) -> Markup:
    """JSON text, its tokens in spans of their kind; here every character can be seen."""
    return Markup("").join(_parts(_UNSEEN.sub(_number, visible(text[:MOST]))))


def coloured_changes(text: str, before: str) -> Markup:
    """What JSON text has that the one `before` it has not, with a few lines around."""
    lines: list[Markup] = []
    for line in unified_diff(before.splitlines(), text.splitlines(), n=_AROUND, lineterm=""):
        if line.startswith("+") and not line.startswith("+++"):
            lines.append(Markup("<mark>{}</mark>").format(coloured(line[1:])))
        elif line.startswith("@@"):
            lines.append(Markup('<span class="dim">…</span>'))
        elif line.startswith(" "):
            lines.append(coloured(line[1:]))
    return Markup("\n").join(lines)


def visible(text: str) -> str:
    """Characters that would steer, or turn the direction of what follows, by their number. Those
    that join letters and emoji stay: people write with them.
    """
    return _STEERING.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _parts(text: str) -> Iterator[Markup]:
    end = 0
    for token in _TOKEN.finditer(text):
        yield escape(text[end : token.start()])
        yield Markup('<span class="j-{}">{}</span>').format(token.lastgroup, token[0])
        end = token.end()
    yield escape(text[end:])
