"""One process of the worker: checked, put together, run until it is told to stop."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from app.avro.event_encoders import event_encoders
from app.avro.lock import published_lock
from app.avro.repository import load_repository
from app.avro.row_codecs import row_codecs
from app.core.catalogue import Catalogue
from app.core.vendors import VENDORS
from app.faust_batch.app import DEFAULT_TUNING, App
from app.faust_batch.rows import NewRows
from app.faust_batch.runner import run
from app.kafka.connection import Connection, connection
from app.kafka.provision import check_partitions
from app.kafka.topics import Topics
from app.settings import Settings
from topologies.app import create_app
from topologies.health import health_server
from topologies.metrics import WorkerMetrics
from topologies.readiness import readiness_of
from topologies.stores import stores


def run_worker(settings: Settings) -> int:
    """Project the raw topic until SIGTERM or SIGINT; the process's exit code (70 where something
    broke that a new start may mend). Raises UserError when it cannot start: Kafka, or the topics.
    """
    topics = Topics(settings.topic_prefix)
    kafka = connection(settings)
    check_partitions(kafka, topics, settings.partitions)
    new_rows = stores(settings, kafka, topics)
    metrics = WorkerMetrics()

    def beside(app: App) -> AbstractAsyncContextManager[None]:
        return health_server(
            settings.worker_metrics_host,
            settings.worker_metrics_port,
            lambda: readiness_of(app),
            metrics.registry,
        )

    return run(lambda: _app(settings, kafka, topics, metrics, new_rows), beside=beside)


def _app(
    settings: Settings,
    kafka: Connection,
    topics: Topics,
    metrics: WorkerMetrics,
    new_rows: NewRows,
) -> App:
    repository = load_repository()
    lock = published_lock(repository)
    return create_app(
        kafka,
        topics,
        Catalogue(VENDORS, repository.events()),
        event_encoders(repository, lock),
        row_codecs(repository, lock),
        metrics,
        settings.worker_row_cache_bytes,
        tuning=DEFAULT_TUNING._replace(
            session_timeout=settings.worker_session_timeout_s,
            transactions=settings.worker_transactions,
        ),
        new_rows=new_rows,
        table_standby_replicas=settings.worker_standbys,
    )
