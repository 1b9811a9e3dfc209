"""`hookline worker`: project the raw log into events and rows."""

from __future__ import annotations

from typing import Annotated

import typer

from app.log import configure_logging
from app.settings import load_settings
from topologies.worker import run_worker


def worker(
    bootstrap: Annotated[
        str | None, typer.Option(help="Kafka's brokers, HOST:PORT[,HOST:PORT…].")
    ] = None,
    prefix: Annotated[str | None, typer.Option(help="What topic names begin with.")] = None,
    partitions: Annotated[int | None, typer.Option(help="Partitions that topics have.")] = None,
    host: Annotated[str | None, typer.Option(help="The address of health and metrics.")] = None,
    port: Annotated[int | None, typer.Option(help="The port of health and metrics.")] = None,
) -> None:
    """Project raw webhooks into events, rows and dead letters.

    Start as many as there are partitions; they share the work. Each option has a variable:
    HOOKLINE_BOOTSTRAP, HOOKLINE_TOPIC_PREFIX, HOOKLINE_PARTITIONS, HOOKLINE_WORKER_METRICS_HOST,
    HOOKLINE_WORKER_METRICS_PORT. Stops on Ctrl-C or SIGTERM, after committing what it has done;
    exits with 70 when something broke that a new start may mend.
    """
    settings = load_settings(
        bootstrap=bootstrap,
        topic_prefix=prefix,
        partitions=partitions,
        worker_metrics_host=host,
        worker_metrics_port=port,
    )
    configure_logging("worker", settings.log_level, settings.log_format)
    raise typer.Exit(run_worker(settings))
