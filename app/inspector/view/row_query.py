"""Which rows somebody asks the view for."""

from __future__ import annotations

import msgspec

from app.core.projection import Table
from app.inspector.view.grams import facet, grams
from app.read.terms import Search, Term, search


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
    """A query, ready to be put to the index, and to judge what that has found. `holds_none` is as
    Search has it.
    """

    def __init__(self, query: RowQuery) -> None:
        wanted = search(query.q)
        self._facets = list(dict.fromkeys([*_of_key(wanted), *_facets(query)]))
        self._terms = wanted.terms
        self.holds_none = wanted.holds_none
        self.quiet_before = query.quiet_before

    @property
    def searches(self) -> bool:
        return bool(self._terms)

    def expression(self) -> str:
        """What the index is to be asked; empty where it can be of no help."""
        words = [quoted(one) for one in self._facets]
        words += [f"({asked})" for one in self._terms if (asked := _expression(one))]
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


def quoted(word: str) -> str:
    """A word for an expression of FTS5."""
    return '"' + word.replace('"', '""') + '"'


def _expression(term: Term) -> str:
    """What to ask the index; empty where the term is too short for it."""
    ways = [grams(one) for one in term.any_of]
    if term.number:
        ways.append(grams(term.local))
    if not all(ways):
        return ""
    asked = dict.fromkeys(" AND ".join(map(quoted, way)) for way in ways)
    return " OR ".join(f"({one})" for one in asked)


def _of_key(wanted: Search) -> list[str]:
    """What a key's source and kind come to."""
    given = {"source": wanted.source, "table": wanted.table}
    return [facet(name, value) for name, value in given.items() if value is not None]


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
