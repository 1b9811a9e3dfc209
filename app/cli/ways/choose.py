"""Which way a command goes; it says so on stderr."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from app.avro.repository import load_repository
from app.avro.row_codecs import row_schemas
from app.cli.addresses import local_url
from app.cli.show.output import say
from app.cli.show.times import SECOND, duration
from app.cli.ways.by_inspector import Away, ByInspector
from app.cli.ways.by_topics import ByTopics
from app.cli.ways.way import Way
from app.cli.wiring import reading
from app.read.row_json import RowJson
from app.settings import Settings, load_settings, revealed

_FRESH_S = 5


@contextmanager
def way(
    bootstrap: str | None,
    prefix: str | None,
    shadow: str | None = None,
    *,
    from_topics: bool = False,
    scan: bool = False,
    internals: bool = False,
) -> Iterator[Way]:
    """The inspector, unless the options speak of what it has not: another Kafka, a shadow, a scan
    of the raw log, rows with their internals.

    Raises UserError where a setting is wrong or nobody answers.
    """
    settings = load_settings(bootstrap=bootstrap, topic_prefix=prefix)
    if not (from_topics or scan or internals or bootstrap or shadow):
        inspector = find_inspector(settings)
        if inspector is not None:
            yield inspector
            return
    with reading(bootstrap, prefix, shadow) as to:
        yield ByTopics(to, scan=scan, internals=internals)


def find_inspector(settings: Settings) -> ByInspector | None:
    """The one that has the rows of this installation, if it answers."""
    url = settings.inspector_url or local_url(settings.inspector_host, settings.inspector_port)
    token = revealed(settings.token)
    inspector = ByInspector(url, token, RowJson(row_schemas(load_repository())))
    try:
        status = inspector.status()
    except Away:
        say(f"No inspector answers at {inspector.url}: reading the topics.")
        return None
    why_not = _other(status, settings) or _unready(status)
    if why_not is not None:
        say(f"The inspector at {inspector.url} {why_not}: reading the topics.")
        return None
    say(f"Asking the inspector at {inspector.url}{_age(status)}.")
    return inspector


def _other(status: Mapping[str, Any], settings: Settings) -> str | None:
    """What tells that it has the rows of another installation. One that is named may know Kafka
    by another address.
    """
    prefix, bootstrap = status.get("topic_prefix"), status.get("bootstrap")
    if prefix != settings.topic_prefix:
        return f"is of another installation (prefix {prefix!r})"
    if settings.inspector_url is None and bootstrap != settings.bootstrap:
        return f"is of another installation (Kafka at {bootstrap})"
    return None


def _unready(status: Mapping[str, Any]) -> str | None:
    view = status.get("view", {})
    if view.get("doing") in ("starting", "rebuilding"):
        return f"is making its view ({view.get('progress', 0):.0%})"
    return None


def _age(status: Mapping[str, Any]) -> str:
    """How far what it shows is behind what the worker has written, where that is news."""
    view = status.get("view", {})
    age = view.get("age_s")
    if age is None or age < _FRESH_S:
        return ""
    return f", which knows what was written up to {duration(int(age * SECOND))} ago"
