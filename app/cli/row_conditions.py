"""Which rows `state list` and `state watch` are asked for; what can be of none is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from app.cli.options import duration_of
from app.core.channels import Channel
from app.core.projection import TABLES, Table
from app.errors import UserError
from app.read.row_filter import PHASES, RowFilter
from app.read.tables import row_key

_NAMES: dict[str, Table] = {"conversations": "conversation", "calls": "call", "contacts": "contact"}
_HAVE: dict[str, tuple[Table, ...]] = {
    "--channel": ("conversation",),
    "--silent": ("conversation",),
    "--assignee": ("conversation", "call"),
}
"""Which rows have what an option speaks of."""


def row_filter(
    *,
    table: str | None = None,
    phase: str | None = None,
    source: str | None = None,
    channel: str | None = None,
    assignee: str | None = None,
    silent: str | None = None,
    q: str | None = None,
    key: str | None = None,
) -> RowFilter:
    """Raises UserError for a value that no row has, and for conditions of which one excludes
    another. With a `key`, of its row only.
    """
    tables: tuple[Table, ...] = TABLES if table is None else (_NAMES[table],)
    if key is not None:
        tables = _tables_of_key(key, tables, source)
    given = {"--channel": channel, "--silent": silent, "--assignee": assignee}
    for option, value in given.items():
        if value is not None:
            tables = _tables_that_have(option, tables)
    if channel is not None:
        _one_of("--channel", channel, get_args(Channel))
    if phase is not None:
        _one_of("--phase", phase, [one for table in tables for one in PHASES[table]])
        if silent is not None and phase.casefold() != "active":
            raise UserError(
                f"--silent is of active conversations, and --phase asks for {phase!r}.",
                "Leave one of them out.",
            )
    return RowFilter(
        tables=tables,
        phase=phase,
        source=source,
        channel=channel,
        assignee=assignee,
        silent=duration_of("--silent", silent),
        text=q,
    )


def _tables_of_key(key: str, tables: tuple[Table, ...], source: str | None) -> tuple[Table, ...]:
    table, (own, _, _) = row_key(key)
    if table not in tables or own.casefold() != (source or own).casefold():
        raise UserError(
            f"{key} is a {table} of {own}, which --table or --source excludes.",
            "Give the key alone.",
        )
    return (table,)


def _tables_that_have(option: str, tables: tuple[Table, ...]) -> tuple[Table, ...]:
    have = _HAVE[option]
    left: tuple[Table, ...] = tuple(one for one in tables if one in have)
    if not left:
        raise UserError(
            f"{option} is of {_many(have)}: no {' or '.join(tables)} is like that.",
            f"Leave {option} out, or take --table {_many(have[:1])}.",
        )
    return left


def _many(tables: Iterable[Table]) -> str:
    return " and ".join(f"{table}s" for table in tables)


def _one_of(option: str, value: str, words: Iterable[str]) -> None:
    known = list(dict.fromkeys(words))
    if value.casefold() not in known:
        raise UserError(
            f"{option}: {value!r} is not one of {', '.join(known)}.", "Take one of these."
        )
