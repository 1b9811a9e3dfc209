"""`hookline inspector`: health, and Hookline's schemas as a registry."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.options import Prefix
from app.inspector.server import run_inspector
from app.log import configure_logging
from app.settings import load_settings


def inspector(
    prefix: Prefix = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 lets the system choose.")] = None,
) -> None:
    """Serve Hookline's Avro schemas by the read API of a Confluent schema registry.

    Point consumers at it: schema.registry.url=http://127.0.0.1:8082. Each option has a variable:
    HOOKLINE_TOPIC_PREFIX, HOOKLINE_INSPECTOR_HOST, HOOKLINE_INSPECTOR_PORT. Also /livez, /readyz
    and /metrics. Stops on Ctrl-C or SIGTERM.
    """
    settings = load_settings(topic_prefix=prefix, inspector_host=host, inspector_port=port)
    configure_logging("inspector", settings.log_level, settings.log_format)
    raise typer.Exit(run_inspector(settings))
