"""`hookline spool`: webhooks that this machine's disk keeps until Kafka takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from app.cli.options import AsJson, Prefix, now
from app.cli.show.output import console, print_json, say
from app.cli.show.times import ago
from app.core.webhook import iso
from app.endpoint.spool.folder import spool_folder
from app.endpoint.spool.status import FileStatus, SpoolStatus, look_into
from app.errors import UserError
from app.kafka.topics import Topics
from app.settings import load_settings

NEEDS_LOOKING_AT = 1

DataDir = Annotated[
    Path | None, typer.Option(help="The endpoint's data folder, in which the spool is.")
]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def spool() -> None: ...


@app.command()
def status(data_dir: DataDir = None, prefix: Prefix = None, as_json: AsJson = False) -> None:
    """Show what is in the spool of this machine's endpoints, by file and process.

    The folder is HOOKLINE_DATA_DIR's. Needs neither Kafka nor an endpoint. Exit code 1 where files
    are damaged or were set aside.
    """
    settings = load_settings(data_dir=data_dir, topic_prefix=prefix)
    folder = spool_folder(settings.data_dir, Topics(settings.topic_prefix).raw)
    try:
        found = look_into(folder)
    except OSError as error:
        raise UserError(
            f"The spool's folder {folder} cannot be read: {error.strerror}.",
            "Call this as the user that the endpoint runs as.",
        ) from None
    print_json(_json(found)) if as_json else _print(found)
    if found.set_aside or any(file.trouble for file in found.files):
        raise typer.Exit(NEEDS_LOOKING_AT)


def _json(found: SpoolStatus) -> dict[str, object]:
    return {
        "folder": found.folder,
        "entries": found.entries,
        "bytes": found.bytes,
        "oldest_at": _time(found.oldest_at),
        "files": [_file_json(file) for file in found.files],
        "set_aside": [_file_json(file) for file in found.set_aside],
    }


def _file_json(file: FileStatus) -> dict[str, object]:
    return {**msgspec.structs.asdict(file), "oldest_at": _time(file.oldest_at)}


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _print(found: SpoolStatus) -> None:
    if not found.files and not found.set_aside:
        say(f"The spool {found.folder} is empty.")
        return
    table = Table(box=None, header_style="bold")
    for heading in ("FILE", "PROCESS", "ENTRIES", "BYTES", "OLDEST", ""):
        right = heading in ("ENTRIES", "BYTES")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for file in found.files:
        table.add_row(*_row(file, "" if file.held else "its process is gone"))
    for file in found.set_aside:
        table.add_row(*_row(file, "set aside"))
    table.add_row(*_row(_total(found), ""))
    console().print(table)


def _total(found: SpoolStatus) -> FileStatus:
    return FileStatus(
        "in all", "", held=True, entries=found.entries, bytes=found.bytes, oldest_at=found.oldest_at
    )


def _row(file: FileStatus, state: str) -> tuple[str, ...]:
    oldest = "" if file.oldest_at is None else ago(file.oldest_at, now())
    said = ", ".join(filter(None, (state, file.trouble)))
    return file.file, file.process, f"{file.entries:,}", f"{file.bytes:,}", oldest, said
