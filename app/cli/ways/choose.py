"""Which way a command goes; it says so on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.avro.repository import load_repository
from app.avro.row_codecs import row_schemas
from app.cli.addresses import local_url
from app.cli.show.output import say
from app.cli.ways.by_inspector import Away, ByInspector
from app.cli.ways.by_topics import ByTopics
from app.cli.ways.way import Way
from app.cli.wiring import reading
from app.read.row_json import RowJson
from app.settings import Settings, load_settings


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
    token = None if settings.token is None else settings.token.get_secret_value()
    inspector = ByInspector(url, token, RowJson(row_schemas(load_repository())))
    try:
        other = _other(inspector.status(), settings)
    except Away:
        say(f"No inspector answers at {inspector.url}: reading the topics.")
        return None
    if other is not None:
        say(
            f"The inspector at {inspector.url} is of another installation ({other}): reading the "
            "topics."
        )
        return None
    say(f"Asking the inspector at {inspector.url}.")
    return inspector


def _other(status: dict[str, object], settings: Settings) -> str | None:
    """What tells that it has the rows of another installation. One that is named may know Kafka
    by another address.
    """
    prefix, bootstrap = status.get("topic_prefix"), status.get("bootstrap")
    if prefix != settings.topic_prefix:
        return f"prefix {prefix!r}"
    if settings.inspector_url is None and bootstrap != settings.bootstrap:
        return f"Kafka at {bootstrap}"
    return None
