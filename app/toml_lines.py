"""On which line of a TOML file a value stands. The parser of Python does not say."""

from __future__ import annotations

import tomllib
from typing import Any

Path = tuple[str | int, ...]


def line_of(text: str, path: Path) -> int:
    """The line, from 1, on which the statement begins that brings `path` about; where the path is
    not in the file, the line of the nearest thing around it.

    A statement ends where the text up to there is valid TOML: every such beginning of the file is
    parsed anew, so this is for error messages, not for every day.
    """
    begins = 1
    lines = text.splitlines(keepends=True)
    best = (0, 1)
    for number in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue  # in the midst of a value that runs over several lines
        found = _depth(document, path)
        if found > best[0]:
            best = (found, begins)
        if found == len(path):
            break
        begins = number + 1
    return best[1]


def _depth(document: Any, path: Path) -> int:
    """How many steps of the path the document has."""
    for depth, step in enumerate(path):
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return depth
    return len(path)
