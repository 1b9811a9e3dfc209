"""What may become of a query."""

from __future__ import annotations


class QueryFailed(Exception):
    """DuckDB's words, which may hold what vendors wrote."""


class NoRoom(QueryFailed):
    """It takes more memory, or disk, than there is."""
