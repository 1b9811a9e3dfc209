"""`hookline`: the list of commands.

A command is imported only when it is called, so that `hookline --help` answers at once.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Any, NamedTuple

import typer


class Command(NamedTuple):
    """A command: its module is `app.cli.<name>`, which holds either `app`, a Typer of
    subcommands, or a function of the command's name.
    """

    name: str
    panel: str
    help: str

    @property
    def identifier(self) -> str:
        return self.name.replace("-", "_")

    def load(self) -> Any:
        gc.disable()  # nothing that is loaded is garbage, and to look for some takes long
        try:
            module = importlib.import_module(f"app.cli.{self.identifier}")
        finally:
            gc.enable()
        return getattr(module, "app", None) or getattr(module, self.identifier)


RUN, LOOK, MEND, SET_UP = "Run it", "Look into it", "Check and mend it", "Set it up"
ANALYSE = "Analyse it"

COMMANDS = (
    Command("dev", RUN, "All of it on this machine: Kafka, endpoint, worker, inspector."),
    Command("endpoint", RUN, "Take webhooks by HTTP and put them on the raw log."),
    Command("worker", RUN, "Project the raw log into events, rows and dead letters."),
    Command("inspector", RUN, "Show it all: a page and an API; the schemas as a registry."),
    Command("simulate", RUN, "Send signed traffic of every vendor, to try it with."),
    Command("state", LOOK, "Rows: show one, as it is or was; list them, watch them change."),
    Command("timeline", LOOK, "Every webhook of a row, and what each changed in it."),
    Command("receipt", LOOK, "What became of a webhook, by the id of its receipt."),
    Command("dead", LOOK, "Webhooks that could not be decoded: by cause, whole; redrive them."),
    Command("spool", LOOK, "Webhooks kept on this machine's disk while Kafka is away."),
    Command("health", LOOK, "Whether the processes on this machine are ready."),
    Command("sql", ANALYSE, "Query it all with SQL: rows, events, webhooks, dead letters."),
    Command("export", ANALYSE, "Write it all into files of typed columns: Parquet, or JSON."),
    Command("verify", MEND, "Prove rows by the raw log; show every difference."),
    Command("replay", MEND, "Make all rows anew from the raw log, beside the live ones."),
    Command("schemas", SET_UP, "Check, lock and register Avro schemas; list unknown fields."),
    Command("topics", SET_UP, "Create Hookline's topics, or show what would change."),
)


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command line; only the command that is called is loaded."""
    root = typer.Typer(
        name="hookline",
        help="Webhooks of contact centres and chats: a log that loses nothing, tables that are "
        "always right.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,  # they show values
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_root)
    called = next((argument for argument in arguments if not argument.startswith("-")), None)
    for command in COMMANDS:
        loaded = command.load() if command.name == called else _not_loaded
        if isinstance(loaded, typer.Typer):
            root.add_typer(
                loaded, name=command.name, help=command.help, rich_help_panel=command.panel
            )
        elif loaded is _not_loaded:
            root.command(command.name, help=command.help, rich_help_panel=command.panel)(loaded)
        else:
            root.command(command.name)(loaded)  # its help is its docstring
    return root


def _say_version(asked: bool) -> None:
    if asked:
        print(f"hookline {version('hookline')}")
        raise typer.Exit


def _root(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None: ...


def _not_loaded() -> None: ...
