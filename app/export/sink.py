"""Where rows of tables go."""

from __future__ import annotations

from typing import Protocol

from app.export.line import Line


class Sink(Protocol):
    """Rows of one table come in their order; those of several are mingled."""

    def begin(self, table: str) -> None:
        """There will be this table, even if it gets no row."""
        ...

    def add(self, line: Line) -> None: ...

    def close(self) -> None:
        """All that was added is there."""
        ...
