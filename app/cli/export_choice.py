"""Which records `hookline export` and `hookline sql` take."""

from __future__ import annotations

from app.cli.options import span_of
from app.export.choice import Choice


def choice_of(source: list[str] | None, from_: str | None, to: str | None) -> Choice:
    """Of --source, --from and --to. Raises UserError where nothing can lie between."""
    from_at, to_at = span_of("--from", from_, "--to", to)
    return Choice(from_at=from_at, to_at=to_at, sources=tuple(source or ()))
