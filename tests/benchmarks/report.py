"""Figures as a Markdown table, to be pasted where they are wanted."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.engine import Figures
from tests.benchmarks.machine import machine


def in_words(figures: Figures) -> list[str]:
    """Events a second, CPU and the broker's for 100,000, and MiB."""
    return [
        f"{figures.rate:,.0f}",
        f"{figures.per_100k(figures.cpu):.2f}",
        f"{figures.per_100k(figures.broker_cpu):.2f}",
        f"{figures.peak / 2**20:.0f}",
    ]


def heading(command: str, *words: str) -> None:
    """The command that prints what follows, and the machine."""
    print(f"`python -m tests.benchmarks.{command}`\n\n{machine()}")
    for line in words:
        print(line)
    print()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The first column to the left, figures to the right; aligned for who reads it as it is."""
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    print(_line(head, widths))
    print("|".join(["", "-" * (widths[0] + 2), *("-" * (one + 1) + ":" for one in widths[1:]), ""]))
    for row in rows:
        print(_line(row, widths))
    print(flush=True)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "| " + " | ".join(padded) + " |"
