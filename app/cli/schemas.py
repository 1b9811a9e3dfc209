"""`hookline schemas`: the files, their lock, a registry, and what vendors send beyond them."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from app.avro.check import check
from app.avro.fault import Fault
from app.avro.lock import load_lock, write_lock
from app.avro.published import load_published
from app.avro.register import Registered, register
from app.avro.registry import Registry
from app.avro.repository import load_repository, schema_folder
from app.cli.options import AsJson, Bootstrap, Prefix, time_of
from app.cli.show.drift import drift_table
from app.cli.show.output import console, print_json, progress_bar, say
from app.cli.wiring import reading
from app.core.vendors import VENDORS
from app.errors import UserError
from app.read.drift import drift
from app.read.drift_json import drift_json
from app.settings import load_settings

FAULTY = 1

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Option(help="A folder of schemas; Hookline's own if not given.")
]
RegistryUrl = Annotated[
    str | None, typer.Option("--registry", help="The registry's URL; else SCHEMA_REGISTRY_URL.")
]


@app.command("check")
def check_(folder: Folder = None, as_json: AsJson = False) -> None:
    """Check that the schema files may be published. Exit code 1 if not.

    A published version never changes; a new one is compatible with all before it and has an entry
    in the lock.
    """
    repository = load_repository(folder)
    faults = check(repository, load_lock(folder))
    _tell(faults, as_json)
    if faults:
        raise typer.Exit(FAULTY)
    say(f"{len(list(repository))} versions of {len(repository.lines())} schemas are in order.")


@app.command()
def lock(folder: Folder = None, as_json: AsJson = False) -> None:
    """Publish new schema files: give each an id and a line in lock.json, to be committed.

    Nothing is written, and the exit code is 1, unless everything else is in order.
    """
    root = _writable(folder)
    repository, before = load_repository(root), load_lock(root)
    after = before.with_new(repository)
    faults = check(repository, after)
    if faults:
        _tell(faults, as_json)
        raise typer.Exit(FAULTY)
    added = after.entries[len(before.entries) :]
    if added:
        write_lock(after, root)
    if as_json:
        print_json({"added": added})
    for entry in () if as_json else added:
        print(f"{entry.id}  {entry.schema}")
    say(f"{len(added)} new, {len(before.entries)} kept.")


@app.command("register")
def register_(registry: RegistryUrl = None, prefix: Prefix = None, as_json: AsJson = False) -> None:
    """Put the schemas into a Confluent-compatible registry, under the ids of the lock.

    What is there already is kept. The registry has to allow IMPORT mode, since ids are given.
    """
    settings = load_settings(schema_registry_url=registry, topic_prefix=prefix)
    if settings.schema_registry_url is None:
        raise UserError(
            "There is no registry to register with.", "Name it: SCHEMA_REGISTRY_URL or --registry."
        )
    to = Registry(settings.schema_registry_url)
    done: list[Registered] = []
    for one in register(load_published(), to, settings.topic_prefix):
        done.append(one)
        if not as_json and one.action == "registered":
            print(f"{one.id}  {one.subject} version {one.version}")
    if as_json:
        print_json({"items": [one._asdict() for one in done]})
    new = sum(one.action == "registered" for one in done)
    say(f"{to.url}: {new} registered, {len(done) - new} there already.")


@app.command("drift")
def drift_(
    since: Annotated[
        str | None, typer.Option(help="Only events since then: 2026-03-25, 2h, …")
    ] = None,
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    as_json: AsJson = False,
) -> None:
    """List fields that vendors send and no schema knows, as the events' `extra` has them."""
    start = time_of("--since", since)
    with reading(bootstrap, prefix) as to:
        topics = [to.live.events(vendor.name) for vendor in VENDORS]
        with progress_bar("events.*") as tell:
            records = chain.from_iterable(
                to.log.read(
                    topic, None if start is None else to.log.spans_since(topic, start), tell
                )
                for topic in topics
            )
            found = drift(records, load_published(to.settings.schema_registry_url))
    if as_json:
        print_json({"items": [drift_json(one) for one in found]})
    elif found:
        console().print(drift_table(found))
    else:
        say("Every field of every event is known to its schema.")


def _tell(faults: list[Fault], as_json: bool) -> None:
    if as_json:
        print_json({"faults": [fault._asdict() for fault in faults]})
        return
    for fault in faults:
        print(f"{fault.schema}: {fault.what}\n    {fault.remedy}")


def _writable(folder: Path | None) -> Path:
    own = schema_folder()
    if folder is None and not isinstance(own, Path):
        raise UserError(
            "Hookline's own schemas are not in a folder here.", "Run it in a checkout of Hookline."
        )
    return folder or Path(str(own))
