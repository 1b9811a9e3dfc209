"""What vendors and their customers wrote, made safe for a terminal."""

from __future__ import annotations

import re

from rich.text import Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_JSON_CONTROL = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")
_LINES = re.compile(r"\s*[\r\n\u2028\u2029]+\s*")


def safe(text: str) -> str:
    """Without what would steer the terminal: escape sequences, controls, turned directions."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", encodable(text))


def safe_json(document: bytes) -> bytes:
    """The same JSON, with the characters by their number that would steer the terminal and that
    JSON lets stand as they are.
    """
    return _JSON_CONTROL.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), document)


def encodable(text: str) -> str:
    """Halves of a character, which JSON can say and no terminal can show, by their number, as they
    stood in the JSON: `\\ud800`.
    """
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def one_line(text: str, most: int = 0) -> str:
    """Safe and on one line; cut to `most` characters, if given."""
    line = safe(_LINES.sub(" ⏎ ", text).replace("\t", " "))
    return line if not most or len(line) <= most else line[: most - 1] + "…"


def said(text: str, style: str = "") -> Text:
    """Text for rich that is never taken for markup."""
    return Text(one_line(text), style=style)


def cut(text: Text) -> Text:
    """The text on one line, ended by `…` where there is no room for all of it."""
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
