"""`hookline health`: is each process of Hookline on this machine ready?"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
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
    """What a process answered. `not_ready` says what is not; `found` is false where
    nothing listens.
    """

    process: str
    url: str
    found: bool
    ready: bool
    not_ready: list[str] = []


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
    """
    settings = load_settings()
    asked = [_ask(process, _url(settings, process)) for process in processes or Process]
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
    not_ready = [] if ready else list(_reasons(body)) or [f"it answered {answer.status}"]
    return Health(process.value, url, found=True, ready=ready, not_ready=not_ready)


def _reasons(body: bytes) -> Iterator[str]:
    try:
        said = json.loads(body)
    except ValueError:
        return
    if isinstance(said, dict):
        yield from map(str, said.get("not_ready", []))


def _line(health: Health) -> str:
    if not health.found:
        return f"{health.process:<10} not here   nothing listens at {health.url}"
    if health.ready:
        return f"{health.process:<10} ready      {health.url}"
    return f"{health.process:<10} NOT READY  {'; '.join(health.not_ready)}"
