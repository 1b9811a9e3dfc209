"""Which rows somebody asks the view for."""

from __future__ import annotations

import msgspec

from app.core.projection import Table
from app.core.webhook import parse_key
from app.inspector.view.grams import facet
from app.inspector.view.terms import quoted, terms
from app.read.tables import table_of


class RowQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Every condition that is given must hold; case does not count.

    `q`: all of these words stand somewhere in names, addresses, numbers, ids or the last message;
    or it is a key, or the beginning of one. `assignee`: the id, name or e-mail address of who has
    it (a call's agent). `quiet_before`: active conversations whose last message is older
    (microseconds). `late`, `duplicates`, `dead`: True for rows that have late webhooks,
    duplicates, open dead letters; False is no condition.
    """

    table: Table | None = None
    q: str = ""
    phase: str | None = None
    source: str | None = None
    vendor: str | None = None
    channel: str | None = None
    assignee: str | None = None
    quiet_before: int | None = None
    late: bool = False
    duplicates: bool = False
    dead: bool = False


class Asked:
    """A query, ready to be put to the index, and to judge what that has found. `holds_none`: it
    asks for a text of which nothing can be searched for, such as control characters.
    """

    def __init__(self, query: RowQuery) -> None:
        facets, q = _of_key(query.q.strip())
        self._facets = list(dict.fromkeys([*facets, *_facets(query)]))
        self._terms = terms(q)
        self.holds_none = bool(q.strip()) and not self._terms
        self.quiet_before = query.quiet_before

    @property
    def searches(self) -> bool:
        return bool(self._terms)

    def expression(self) -> str:
        """What the index is to be asked; empty where it can be of no help."""
        words = [quoted(one) for one in self._facets]
        words += [f"({asked})" for one in self._terms if (asked := one.expression())]
        return " AND ".join(words)

    def holds(self, doc: str, quiet_since: int | None) -> bool:
        """For a row as it is stored. The index knows words, not where they stand."""
        before = self.quiet_before
        if before is not None and (quiet_since is None or quiet_since >= before):
            return False
        facets, _, text = doc.partition("\n")
        return all(one in facets for one in self._facets) and all(
            term.is_in(text) for term in self._terms
        )


def _of_key(q: str) -> tuple[list[str], str]:
    """What a key's source and kind come to as facets, and its id to search for; any other text as
    it stands.
    """
    try:
        key = parse_key(q)
    except ValueError:
        return [], q
    table = table_of(q)
    return (
        ([], q) if table is None else ([facet("source", key.source), facet("table", table)], key.id)
    )


def _facets(query: RowQuery) -> list[str]:
    given = {
        "table": query.table,
        "phase": query.phase,
        "source": query.source,
        "vendor": query.vendor,
        "channel": query.channel,
        "assignee": query.assignee,
    }
    found = [facet(name, value) for name, value in given.items() if value is not None]
    if query.quiet_before is not None:
        found += [facet("table", "conversation"), facet("phase", "active")]
    flags = {"late": query.late, "duplicates": query.duplicates, "dead": query.dead}
    return found + [facet(name, "") for name, wanted in flags.items() if wanted]
