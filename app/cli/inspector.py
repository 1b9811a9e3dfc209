"""`hookline inspector`: all rows and dead letters, their histories, and Hookline's schemas as a
registry.
"""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import Bootstrap, Prefix
from app.inspector.server import run_inspector
from app.log import configure_logging
from app.settings import load_settings


def inspector(
    bootstrap: Bootstrap = None,
    prefix: Prefix = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 lets the system choose.")] = None,
) -> None:
    """Show rows, how they came to be, dead letters, and how everything is: a page and an API.

    It follows the topics into a view of its own, in the data folder (HOOKLINE_DATA_DIR); a view
    that is lost or damaged is made anew. On an address that others reach, HOOKLINE_TOKEN has to be
    set, and is asked for.

    It also serves Hookline's Avro schemas by the read API of a Confluent schema registry, to
    anybody: schema.registry.url=http://127.0.0.1:8082. Each option has a variable:
    HOOKLINE_BOOTSTRAP, HOOKLINE_TOPIC_PREFIX, HOOKLINE_INSPECTOR_HOST, HOOKLINE_INSPECTOR_PORT.
    Also /livez, /readyz and /metrics. Stops on Ctrl-C or SIGTERM.
    """
    settings = load_settings(
        bootstrap=bootstrap, topic_prefix=prefix, inspector_host=host, inspector_port=port
    )
    configure_logging("inspector", settings.log_level, settings.log_format)
    raise typer.Exit(run_inspector(settings))
