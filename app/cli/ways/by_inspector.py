"""By the inspector's HTTP API: whatever `--json` prints (app.history.forms, app.replay.forms, rows
by their Avro names), 404 where there is none, 410 where the raw log no longer holds what the answer
takes, other errors as problem+json with a `detail`.

    GET /api/status
    GET /api/{conversations|calls|contacts}/{source}/{id}?at=
    GET …/timeline?since=&until=&before=&limit=&bodies=
    GET …/waiting
    GET …/verify

Parts of a path are percent-encoded; a token goes as `Authorization: Bearer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec.structs import replace

from app.cli.show.texts import one_line
from app.cli.ways.way import Looked, NotKept, Told, told_json
from app.core.projection import AnyRow, Table
from app.core.times import micros
from app.core.webhook import Place, iso, parse_key
from app.errors import UserError
from app.history.forms import read_page
from app.history.page import Page
from app.read.row_json import RowJson
from app.read.waiting import Waiting, read_waiting
from app.replay.forms import read_checked
from app.replay.verify import Checked

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GONE = 200, 401, 403, 404, 410
_ASK_S = 30.0  # a refold reads from Kafka
_STATUS_S = 2.0
_MOST = 500  # webhooks of an answer

T = TypeVar("T")


class Away(Exception):
    """No inspector answers there."""


class ByInspector:
    """`url` as http://host:port, with a path before /api if there is one. A password in it is not
    used, and never shown.
    """

    def __init__(self, url: str, token: str | None, json: RowJson) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.url = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
        self._headers = {"Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self.json = json

    def status(self) -> dict[str, Any]:
        """Whose rows it has. Raises Away where nobody answers, or no inspector that has any."""
        code, said = self._get("/api/status", {}, _STATUS_S)
        if code != _OK or not isinstance(said, dict):
            raise Away(f"{self.url}/api/status answers {code}")
        return said

    def looked_at(self, table: Table, key: str) -> Looked:
        return Looked(f"all that the inspector at {self.url} has", {"inspector": self.url})

    def row(self, table: Table, key: str) -> Told | None:
        return self._row(table, key, None)

    def row_at(self, table: Table, key: str, at: int) -> Told | None:
        return self._row(table, key, at)

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
        asked = {"limit": str(min(limit, _MOST))}
        asked |= {"since": iso(since)} if since is not None else {}
        asked |= {"until": iso(until)} if until is not None else {}
        asked |= {"before": str(before[1])} if before is not None else {}
        asked |= {"bodies": "true"} if bodies else {}
        newest = self._page(table, key, asked)
        items, page = [] if newest is None else newest.items, newest
        while page is not None and page.next is not None and len(items) < limit:
            more = str(min(limit - len(items), _MOST))
            page = self._page(table, key, asked | {"limit": more, "before": page.next})
            items = items if page is None else [*page.items, *items]
        if newest is None or page is None:
            return None
        return replace(newest, items=items, next=page.next)

    def _page(self, table: Table, key: str, asked: dict[str, str]) -> Page | None:
        said = self._ask(f"{_path(table, key)}/timeline", asked)
        return None if said is None else self._read(lambda: read_page(said))

    def waiting(self, table: Table, key: str, row: AnyRow | None) -> Waiting:
        said = self._ask(f"{_path(table, key)}/waiting", {})
        return self._read(lambda: _waiting(said))

    def checked(self, table: Table, key: str) -> Checked | None:
        """By the records that the row names; None where it has no row."""
        said = self._ask(f"{_path(table, key)}/verify", {})
        return None if said is None else self._read(lambda: _checked(said))

    def _row(self, table: Table, key: str, at: int | None) -> Told | None:
        said = self._ask(_path(table, key), {} if at is None else {"at": iso(at)})
        if said is None:
            return None
        row = self._read(lambda: self.json.read(table, said))
        written = said.get("written_at") if at is None else None
        return Told(
            table=table,
            key=key,
            row=row,
            json=told_json(table, key, self.json.of(table, row), at),
            written_at=None if written is None else self._read(lambda: micros(written)),
        )

    def _ask(self, path: str, asked: dict[str, str]) -> dict[str, Any] | None:
        """What it answers; None where it has no such thing. Raises NotKept, UserError."""
        try:
            code, said = self._get(path, asked, _ASK_S)
        except Away as why:
            raise UserError(f"{why}.", "Read the topics instead with --from-topics.") from None
        if code == _OK and isinstance(said, dict):
            return said
        detail, remedy = _detail(said)
        if code == _NOT_FOUND:
            return None
        if code == _GONE:
            raise NotKept(detail or "Some of its raw records have expired")
        raise UserError(
            f"The inspector at {self.url} answers {code}{f': {detail}' if detail else ''}.",
            remedy or "Its log says more. Read the topics instead with --from-topics.",
        )

    def _get(self, path: str, asked: dict[str, str], timeout: float) -> tuple[int, Any]:
        """Status and JSON. Raises Away, and UserError where it wants another token."""
        parts = urlsplit(self.url)
        make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = make(parts.netloc, timeout=timeout)
        query = f"?{urlencode(asked)}" if asked else ""
        try:
            connection.request("GET", f"{parts.path}{path}{query}", headers=self._headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException) as error:
            raise Away(f"No inspector answers at {self.url}") from error
        finally:
            connection.close()
        if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
            raise UserError(
                f"The inspector at {self.url} wants a token, or another one.",
                "Set HOOKLINE_TOKEN to its token, or read the topics instead with --from-topics.",
            )
        try:
            return answer.status, msgspec.json.decode(body) if body else None
        except msgspec.DecodeError:
            return answer.status, None

    def _read(self, reads: Callable[[], T]) -> T:
        try:
            return reads()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(
                f"The inspector at {self.url} answers what this Hookline cannot read: {error!r}.",
                "Use the same version, or read the topics instead with --from-topics.",
            ) from error


def _checked(said: Mapping[str, Any]) -> Checked:
    finding, tally = read_checked(said)
    return Checked(finding, tally, _waiting(said.get("waiting")))


def _waiting(said: Mapping[str, Any] | None) -> Waiting:
    """An inspector that is older than this does not say."""
    return Waiting() if said is None else read_waiting(said)


def _detail(said: object) -> tuple[str, str]:
    """What is wrong, without its full stop, and what to do, where it says that: as of a Kafka that
    does not answer, which the topics cannot be read from either.
    """
    detail = str(said.get("detail") or "") if isinstance(said, dict) else ""
    what, _, remedy = detail.partition("\n")
    return one_line(what).rstrip("."), one_line(remedy)


def _path(table: Table, key: str) -> str:
    source, _, id = parse_key(key)
    return f"/api/{table}s/{quote(source, safe='')}/{quote(id, safe='')}"
