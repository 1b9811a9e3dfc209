"""README.md as something to run: its blocks, its tables, and what of an output is chance.

```console     commands behind `$ `, each followed by what it prints; a line `…` stands for any
               lines
```python      a file, named by its first line: `# name.py`
```toml        the same
```sh          lines that a test cannot run; `test_readme.py` says where each is proved
```text        what `hookline dev` prints
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
ANYTHING = "…"
PLAYED = "2024-03-25"  # by `hookline simulate --start`
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TIME = re.compile(rf"(?!{PLAYED})\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_AGE = r"\d+ (?:d|h|min|s)(?: \d+ (?:d|h|min|s))?"


@dataclass(frozen=True)
class Block:
    language: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A command and what README says it prints."""

    command: str
    output: str


def blocks(language: str, text: str | None = None) -> list[str]:
    found = _FENCE.findall(README.read_text() if text is None else text)
    return [body for name, body in found if name == language]


def shown(block: str) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = f"{command}\n{more}"
        yield Shown(command, output)


def files() -> dict[str, str]:
    """Those that README writes down, by name."""
    texts = [text for language in ("python", "toml") for text in blocks(language)]
    return {text.split("\n", 1)[0].removeprefix("# "): text for text in texts}


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    text = _FENCE.sub("", README.read_text())
    section = re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def inline_commands() -> set[str]:
    """Every `hookline …` that the text mentions between backquotes."""
    text = _FENCE.sub("", README.read_text())
    return {one for one in re.findall(r"`([^`\n]+)`", text) if one.startswith("hookline ")}


def same(expected: str, printed: str) -> bool:
    return _fits(normal(expected), normal(printed))


def _fits(expected: Sequence[str], printed: Sequence[str]) -> bool:
    if not expected:
        return not printed
    if expected[0] == ANYTHING:
        return any(_fits(expected[1:], printed[at:]) for at in range(len(printed) + 1))
    return bool(printed) and expected[0] == printed[0] and _fits(expected[1:], printed[1:])


def normal(text: str) -> list[str]:
    """Lines without what differs from run to run: times (but for those of the day that the tour
    plays), how long ago and how fast, the sizes of files, in which times are, the widths of
    columns, which follow from these, and offsets of what the worker wrote, for markers of its
    transactions lie between. Ids, numbers and offsets of raw records stay.
    """
    text = _TIME.sub("<time>", text)
    text = re.sub(rf"{_AGE} ago|just now", "<age> ago", text)
    text = re.sub(rf"(?<=  )[+-]{_AGE}", "<lateness>", text)
    text = re.sub(r"(up \(|in )\d+(\.\d+)? s\b", r"\1<seconds>", text)
    text = re.sub(r"[\d,]+ a second", "<rate> a second", text)
    text = re.sub(r"\b\d+(\.\d)? [kM]?B\b", "<size>", text)
    text = re.sub(r"(HOOKLINE_\w+=\S+ )+", "", text)
    text = re.sub(r"(dead letter +\d+):\d+", r"\1:<offset>", text)
    text = re.sub(r"^%4\|.*CONFWARN.*\n", "", text, flags=re.MULTILINE)  # of a newer kcat
    lines = [re.sub(r"(?<=\S) {2,}", "  ", line.rstrip()) for line in text.splitlines()]
    return [line for line in lines if line]
