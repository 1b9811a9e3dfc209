"""`hookline endpoint`: take webhooks by HTTP."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.core.vendors import VENDORS
from app.endpoint.server import run_endpoint
from app.errors import UserError
from app.log import configure_logging
from app.settings import load_settings
from app.sources import load_sources


def endpoint(
    bootstrap: Annotated[
        str | None, typer.Option(help="Kafka's brokers, HOST:PORT[,HOST:PORT…].")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The sources: hookline.toml.")] = None,
    prefix: Annotated[str | None, typer.Option(help="What topic names begin with.")] = None,
    partitions: Annotated[int | None, typer.Option(help="Partitions that topics have.")] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 lets the system choose.")] = None,
) -> None:
    """Take the vendors' webhooks by HTTP, verify them, and put them on the raw log.

    Each option has a variable: HOOKLINE_BOOTSTRAP, HOOKLINE_CONFIG, HOOKLINE_TOPIC_PREFIX,
    HOOKLINE_PARTITIONS, HOOKLINE_ENDPOINT_HOST, HOOKLINE_ENDPOINT_PORT. Stops on Ctrl-C or
    SIGTERM, after answering what it has taken. Reads the sources anew on SIGHUP.
    """
    settings = load_settings(
        bootstrap=bootstrap,
        config=config,
        topic_prefix=prefix,
        partitions=partitions,
        endpoint_host=host,
        endpoint_port=port,
    )
    if settings.config is None:
        raise UserError(
            "The endpoint does not know its sources.",
            "Name a hookline.toml with --config or HOOKLINE_CONFIG; `hookline dev` makes one.",
        )
    read_sources = partial(load_sources, settings.config, VENDORS)
    sources = read_sources()
    configure_logging("endpoint", settings.log_level, settings.log_format)
    raise typer.Exit(run_endpoint(settings, sources, read_sources))
