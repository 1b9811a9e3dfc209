"""`hookline health`: is each process of Hookline on this machine ready?"""

from __future__ import annotations

import http.client
import json
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer

from app.cli.addresses import local_url
from app.cli.show.output import print_json
from app.settings import Settings, load_settings

NOT_READY = 1
_ASK_S = 5.0


class Process(StrEnum):
    """In the order in which webhooks come by."""

    ENDPOINT = "endpoint"
    WORKER = "worker"
    INSPECTOR = "inspector"


class Health(msgspec.Struct, frozen=True):
    """What a process answered. `not_ready` says what is not, `warnings` what is wrong though it
    does its work; `found` is false where nothing listens.
    """

    process: str
    url: str
    found: bool
    ready: bool
    not_ready: list[str] = []
    warnings: list[str] = []


def health(
    processes: Annotated[
        list[Process] | None,
        typer.Argument(metavar="PROCESS…", help="endpoint, worker, inspector; else any there is."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask the processes of this machine whether they are ready.

    They are looked for where the settings put them (HOOKLINE_ENDPOINT_PORT,
    HOOKLINE_WORKER_METRICS_PORT, HOOKLINE_INSPECTOR_PORT and the hosts). Exit code 1 where one
    that is named is not ready; without names, where one that listens is not ready or none listens.

    A process that is "ready, BUT" does what it can while something else (Kafka, say) is wrong. That
    is no exit code 1: to start it anew, as a container's health check does, would not mend it.
    """
    settings = load_settings()
    named = dict.fromkeys(processes or Process)
    asked = [_ask(process, _url(settings, process)) for process in named]
    if as_json:
        print_json({"items": asked})
    else:
        print("\n".join(map(_line, asked)))
    needed = asked if processes else [one for one in asked if one.found]
    if not needed or not all(one.ready for one in needed):
        raise typer.Exit(NOT_READY)


def _url(settings: Settings, process: Process) -> str:
    host, port = {
        Process.ENDPOINT: (settings.endpoint_host, settings.endpoint_port),
        Process.WORKER: (settings.worker_metrics_host, settings.worker_metrics_port),
        Process.INSPECTOR: (settings.inspector_host, settings.inspector_port),
    }[process]
    return f"{local_url(host, port)}/readyz"


def _ask(process: Process, url: str) -> Health:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_ASK_S)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        body = answer.read(10_000)
    except OSError as error:
        found = not isinstance(error, ConnectionRefusedError)
        return Health(process.value, url, found, ready=False, not_ready=[str(error)])
    except http.client.HTTPException as error:
        return Health(process.value, url, found=True, ready=False, not_ready=[repr(error)])
    finally:
        connection.close()
    ready = answer.status == http.HTTPStatus.OK
    not_ready = [] if ready else _said(body, "not_ready") or [f"it answered {answer.status}"]
    warnings = _said(body, "warnings")
    return Health(process.value, url, True, ready, not_ready, warnings)


def _said(body: bytes, name: str) -> list[str]:
    """The sentences under a name; none where the body is of another form."""
    try:
        said = json.loads(body)
    except ValueError:
        return []
    sentences = said.get(name) if isinstance(said, dict) else None
    return list(map(str, sentences)) if isinstance(sentences, list) else []


def _line(health: Health) -> str:
    if not health.found:
        return f"{health.process:<10} not here   nothing listens at {health.url}"
    if health.ready and not health.warnings:
        return f"{health.process:<10} ready      {health.url}"
    word = "ready, BUT" if health.ready else "NOT READY "
    return f"{health.process:<10} {word} {'; '.join([*health.not_ready, *health.warnings])}"
