"""What either way can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from app.core.projection import AnyRow, Table
from app.core.webhook import Place, iso
from app.history.page import Page
from app.read.avro_json import Plain
from app.read.row_json import RowJson
from app.read.waiting import Waiting


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A row. `json` is what it is for programs; `written_at` in microseconds, None for what it was
    at another time.
    """

    table: Table
    key: str
    row: AnyRow
    json: dict[str, Plain]
    written_at: int | None


class Looked(msgspec.Struct, frozen=True):
    """Where something was looked for, for people and for programs."""

    words: str
    json: dict[str, Plain]


class NotKept(Exception):
    """Raw records that the answer takes are no longer on the raw log. A sentence."""


class Way(Protocol):
    """Times in microseconds. Each raises UserError where nobody answers."""

    @property
    def json(self) -> RowJson: ...

    def looked_at(self, table: Table, key: str) -> Looked: ...

    def row(self, table: Table, key: str) -> Told | None:
        """As it is now."""
        ...

    def row_at(self, table: Table, key: str, at: int) -> Told | None:
        """As of a receive time. Raises NotKept."""
        ...

    def waiting(self, table: Table, key: str, row: AnyRow | None) -> Waiting:
        """What the worker has not come to of a key, and its row as it is now does not hold. Of a
        shadow's, nothing: no worker is to come to it.
        """
        ...

    def page(
        self,
        table: Table,
        key: str,
        *,
        since: int | None,
        until: int | None,
        before: Place | None = None,
        limit: int,
        bodies: bool,
    ) -> Page | None:
        """The newest webhooks of a key, received since a time and before another (`until`), of
        those that lie `before` a place on the raw log. None where this way knows keys by their
        rows, and there is no row.
        """
        ...


def told_json(table: Table, key: str, row: Mapping[str, Plain], at: int | None) -> dict[str, Plain]:
    """A row for programs; `as_of` where it is of another time than now."""
    as_of: dict[str, Plain] = {} if at is None else {"as_of": iso(at)}
    return {"key": key, "kind": table, **as_of, **row}
