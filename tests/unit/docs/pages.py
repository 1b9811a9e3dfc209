"""The pages of `docs`, as something to compare with the code."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text()


def tables(name: str) -> list[list[str]]:
    """The cells of every row of a page's tables, without their heads."""
    rows: list[list[str]] = []
    lines = page(name).splitlines()
    for number, line in enumerate(lines):
        after = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("|") and not line.startswith("|--") and not after.startswith("|--"):
            rows.append([cell.strip() for cell in line.split("|")[1:-1]])
    return rows
